"""How models and what belongs to them look as JSON.

Plain dictionaries instead of the REST framework's serializers, which take several times longer
for a page of models; serializers.py describes the same shapes for the contract, and the tests
hold every answer against it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from django.urls import reverse

from catalog import memory, prices
from catalog.models import AIModel, Collection, Example, LicenseClass, Offer, Version
from catalog.models.by_ids import ByIds
from catalog.models.likes import own_likes
from catalog.provenance import FieldOrigin

Shape = dict[str, Any]

# Each field that is a column, and which. Whole rows as objects would take twice as long to read.
COLUMNS = {
    "owner": "publisher__slug",
    "name": "name",
    "description": "summary",
    "github_url": "code_url",
    "paper_url": "paper_url",
    "license_url": "license_url",
    "weights_url": "weights_url",
    "cover_image_url": "cover_url",
    "is_official": "publisher__is_verified",
    "task": "task_id",
    "library": "library_id",
    "license": "license_id",
    "license_class": "license_class",
    "languages": "languages",
    "tags": "tags",
    "aliases": "aliases",
    "capabilities": "capabilities",
    "formats": "formats",
    "parameters": "parameters",
    "active_parameters": "active_parameters",
    "context_length": "context_length",
    "memory_bytes": "memory_bytes",
    "storage_bytes": "storage_bytes",
    "base_models": "base_model_names",
    "base_relation": "base_relation",
    "datasets": "datasets",
    "papers": "papers",
    "gate": "gate",
    "downloads": "downloads",
    "likes": "likes",
    "runs": "runs",
    "trending_score": "trending_score",
    "is_runnable": "is_runnable",
    "status": "status",
    "deprecated_at": "deprecated_at",
    "retired_at": "retired_at",
    "source": "source",
    "source_id": "source_id",
    "source_url": "source_url",
    "last_seen_at": "last_seen_at",
    "published_at": "published_at",
    "updated_at": "source_updated_at",
}
# What the computed fields are made of.
BESIDES = (
    *("pk", "license__url", "license_text", "replacement_id"),
    *("inherited_license_class", "license_from__publisher__slug", "license_from__name"),
    *("weight_bytes", "weight_bits", "token_bytes"),
    *("original__publisher__slug", "original__name", "original__status"),
)
NAMES = (*BESIDES, *COLUMNS, "own_likes")
OFFER_COLUMNS = (
    "provider",
    "unit",
    "amount",
    "currency",
    "context_length",
    "tokens_per_second",
    "source",
    "url",
    "seen_at",
)
# Whose word a field is that is no column under its own name.
SAID_AS = {
    "owner": "publisher",
    "run_count": "runs",
    "base_model": "base_model_names",
    "task": "task",
    "library": "library",
    "license": "license",
}

_ROWS = ByIds(
    lambda ids: (
        AIModel.objects.filter(pk__in=ids)
        .still_listed()
        .annotate(own_likes=own_likes())  # type: ignore[no-redef]
        .values_list(*BESIDES, *COLUMNS.values(), "own_likes")
    )
)
_VERSIONS = ByIds(
    lambda ids: (
        Version.objects.filter(ai_model__in=ids)
        .order_by("created_at", "id")
        .values_list("ai_model_id", "pk", "version_id", "created_at", "cog_version")
    )
)
_OFFERS = ByIds(
    lambda ids: Offer.objects.filter(ai_model__in=ids).values_list("ai_model_id", *OFFER_COLUMNS)
)


@dataclass(frozen=True)
class Beside:
    """What stands beside the rows of a page, each kind read with one query for all of them."""

    pages: str  # address of all model pages, to which owner/name is added
    versions: dict[int, Shape]
    offers: dict[int, list[Shape]]
    replacements: dict[int, str]
    examples: dict[int, Example] = field(default_factory=dict)


def models(ids: Sequence[int], *, origin: str, expand: Sequence[str] = ()) -> dict[int, Shape]:
    """Listed models by id, in this order; what is no longer listed is left out.

    `expand` names the large parts that are wanted: schema, example.
    """
    rows = _rows(ids)
    around = Beside(
        pages=pages_at(origin),
        versions=_latest_versions(ids, with_schema="schema" in expand),
        offers=_offers(ids),
        replacements=_replacements(rows),
        examples=_newest_examples(ids) if "example" in expand else {},
    )
    return {pk: _model(rows[pk], around) for pk in ids if pk in rows}


def pages_at(origin: str) -> str:
    return f"{origin}{reverse('model', args=('o', 'n')).removesuffix('o/n')}"


def _rows(ids: Sequence[int]) -> dict[int, Shape]:
    return {row[0]: dict(zip(NAMES, row, strict=True)) for row in _ROWS(ids)}


def _model(row: Shape, around: Beside) -> Shape:
    known = {name: None if row[name] == "" else row[name] for name in COLUMNS}
    full_name, pk = f"{row['owner']}/{row['name']}", row["pk"]
    url = f"{around.pages}{quote(full_name)}"
    shown, offers = around.examples.get(pk), around.offers.get(pk, [])
    group = _group(row) or full_name
    return {
        "url": url,
        **known,
        "visibility": "public",
        "run_count": row["runs"] or 0,
        "own_likes": row["own_likes"],
        "license": row["license"] or row["license_text"] or None,
        "license_url": row["license_url"] or row["license__url"] or None,
        "license_class": row["inherited_license_class"] or row["license_class"],
        "license_inherited_from": _license_from(row),
        "memory_estimate": _memory_estimate(row),
        "base_model": row["base_models"][0] if row["base_models"] else None,
        "group": group,
        "is_variant": group != full_name,
        "replacement": around.replacements.get(row["replacement_id"]),
        "latest_version": around.versions.get(pk),
        "default_example": example(shown, full_name, url) if shown else None,
        "price": _price(offers),
        "offers": offers,
    }


def _license_from(row: Shape) -> str | None:
    owner, name = row["license_from__publisher__slug"], row["license_from__name"]
    return f"{owner}/{name}" if name else None


def _memory_estimate(row: Shape) -> Shape | None:
    if row["weight_bytes"] is None:
        return None
    size, token, context = row["weight_bytes"], row["token_bytes"] or 0, memory.USUAL_CONTEXT
    return {
        "bytes": memory.needed(size, token, context, row["context_length"]),
        "context_length": min(context, row["context_length"] or context),
        "weight_bytes": size,
        "weight_bits": row["weight_bits"],
        "token_bytes": token,
        "overhead_percent": memory.OVERHEAD_PERCENT,
    }


def _price(offers: list[Shape]) -> Shape | None:
    """The lowest of each unit that can be compared."""
    told = ((one["unit"], one["currency"], Decimal(repr(one["amount"]))) for one in offers)
    return prices.as_json(prices.least(told))


def _group(row: Shape) -> str:
    """The original's name; empty for what is no copy, and while the original is not shown."""
    if row["original__status"] not in AIModel.LISTED:
        return ""
    return f"{row['original__publisher__slug']}/{row['original__name']}"


def origins(shape: Shape, found: dict[str, FieldOrigin]) -> Shape:
    """For each field of a model that has a value: whose word it is, and when it was read."""
    columns = {**COLUMNS, **SAID_AS}
    said = {name: columns.get(name, name) for name in shape if _is_said(name, shape)}
    return {name: _origin(found[column]) for name, column in said.items() if column in found}


def _is_said(name: str, shape: Shape) -> bool:
    """Zero is a value too, but not the run count that stands for none."""
    if name == "run_count":
        return shape["runs"] is not None
    if name == "license_class":
        return bool(shape[name] != LicenseClass.UNKNOWN)
    return shape[name] is not False and shape[name] not in (None, "", [])


def _origin(row: FieldOrigin) -> Shape:
    return {
        "source": row.source,
        "source_url": row.source_url or None,
        "origin": row.origin or None,
        "read_at": row.read_at,
        "is_curated": row.is_curated,
        "note": row.note or None,
    }


def version(row: Version) -> Shape:
    """The official Python client refuses null for cog_version and openapi_schema."""
    return {
        "id": row.version_id,
        "created_at": row.created_at,
        "cog_version": row.cog_version,
        "openapi_schema": row.openapi_schema,
    }


def example(row: Example, full_name: str, url: str) -> Shape:
    """A prediction that somebody made at the source; it cannot be fetched or cancelled here."""
    return {
        "id": row.source_id,
        "model": full_name,
        "version": row.version_id or "hidden",
        "input": row.input,
        "output": row.output,
        "logs": "",
        "error": None,
        "status": "succeeded",
        "source": "web",
        "data_removed": False,
        "created_at": row.created_at,
        "started_at": None,
        "completed_at": None,
        "metrics": {} if row.seconds is None else {"predict_time": row.seconds},
        "urls": {"web": url},
    }


def collection(row: Collection) -> Shape:
    return {"name": row.name, "slug": row.slug, "description": row.description}


def _latest_versions(ids: Sequence[int], *, with_schema: bool) -> dict[int, Shape]:
    """Schemas are larger than all the rest, so they are left in the database unless wanted."""
    newest = {row[0]: row[1:] for row in _VERSIONS(ids)}
    if with_schema:
        full = Version.objects.filter(pk__in=[pk for pk, *_ in newest.values()])
        return {row.ai_model_id: version(row) for row in full}
    return {
        ai_model: {"id": id, "created_at": at, "cog_version": cog, "openapi_schema": {}}
        for ai_model, (_, id, at, cog) in newest.items()
    }


def _newest_examples(ids: Sequence[int]) -> dict[int, Example]:
    rows = Example.objects.filter(ai_model__in=ids).order_by("created_at", "id")
    newest = dict(rows.values_list("ai_model_id", "pk"))
    return {row.ai_model_id: row for row in Example.objects.filter(pk__in=newest.values())}


def _offers(ids: Sequence[int]) -> dict[int, list[Shape]]:
    offers: dict[int, list[Shape]] = {}
    for ai_model, *values in _OFFERS(ids):
        row = dict(zip(OFFER_COLUMNS, values, strict=True))
        row |= {"amount": float(row["amount"]), "url": row["url"] or None}
        offers.setdefault(ai_model, []).append(row)
    return offers


def _replacements(rows: dict[int, Shape]) -> dict[int, str]:
    wanted = {row["replacement_id"] for row in rows.values() if row["replacement_id"]}
    if not wanted:
        return {}
    listed = AIModel.objects.filter(pk__in=wanted).still_listed().select_related("publisher")
    return {row.pk: row.full_name for row in listed}
