"""How models and what belongs to them look as JSON.

Plain dictionaries instead of the REST framework's serializers, which take several times longer
for a page of models; serializers.py describes the same shapes for the contract, and the tests
hold every answer against it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from catalog.models import AIModel, Collection, Example, Offer, Version
from catalog.provenance import FieldOrigin

Shape = dict[str, Any]


@dataclass(frozen=True)
class Beside:
    """What stands beside the rows of a page, each kind read with one query for all of them."""

    origin: str
    versions: dict[int, Version]
    offers: dict[int, list[Offer]]
    replacements: dict[int, str]
    examples: dict[int, Example] = field(default_factory=dict)
    has_schemas: bool = False


def beside(rows: Sequence[AIModel], *, origin: str, expand: Sequence[str] = ()) -> Beside:
    """Read it; `expand` names the large parts that are wanted: schema, example."""
    ids = [row.pk for row in rows]
    return Beside(
        origin=origin,
        versions=_latest_versions(ids, with_schema="schema" in expand),
        offers=_offers(ids),
        replacements=_replacements(rows),
        examples=_newest_examples(ids) if "example" in expand else {},
        has_schemas="schema" in expand,
    )


def models(rows: Sequence[AIModel], *, origin: str, expand: Sequence[str] = ()) -> list[Shape]:
    around = beside(rows, origin=origin, expand=expand)
    return [model(row, around) for row in rows]


def model(row: AIModel, around: Beside) -> Shape:
    return {**_replicate_fields(row, around), **_our_fields(row, around)}


def _replicate_fields(row: AIModel, around: Beside) -> Shape:
    latest, example_ = around.versions.get(row.pk), around.examples.get(row.pk)
    return {
        "url": f"{around.origin}{row.get_absolute_url()}",
        "owner": row.publisher.slug,
        "name": row.name,
        "description": row.summary or None,
        "visibility": "public",
        "github_url": row.code_url or None,
        "paper_url": row.paper_url or None,
        "license_url": row.license_url or (row.license.url if row.license else "") or None,
        "weights_url": row.weights_url or None,
        "run_count": row.runs or 0,
        "cover_image_url": row.cover_url or None,
        "default_example": example(example_, row, around.origin) if example_ else None,
        "latest_version": version(latest, with_schema=around.has_schemas) if latest else None,
        "is_official": row.publisher.is_verified,
    }


def _our_fields(row: AIModel, around: Beside) -> Shape:
    return {
        "task": row.task_id,
        "library": row.library_id,
        "license": row.license_id or row.license_text or None,
        "license_class": row.license_class,
        "languages": row.languages,
        "tags": row.tags,
        "capabilities": row.capabilities,
        "formats": row.formats,
        "parameters": row.parameters,
        "active_parameters": row.active_parameters,
        "context_length": row.context_length,
        "memory_bytes": row.memory_bytes,
        "storage_bytes": row.storage_bytes,
        "base_model": row.base_model_names[0] if row.base_model_names else None,
        "base_models": row.base_model_names,
        "base_relation": row.base_relation or None,
        "datasets": row.datasets,
        "papers": row.papers,
        "gate": row.gate or None,
        "downloads": row.downloads,
        "likes": row.likes,
        "runs": row.runs,
        "trending_score": row.trending_score,
        "is_runnable": row.is_runnable,
        "status": row.status,
        "deprecated_at": row.deprecated_at,
        "retired_at": row.retired_at,
        "replacement": around.replacements.get(row.replacement_id or 0),
        "source": row.source,
        "source_id": row.source_id or None,
        "source_url": row.source_url or None,
        "last_seen_at": row.last_seen_at,
        "published_at": row.published_at,
        "updated_at": row.source_updated_at,
        "offers": [offer(found) for found in around.offers.get(row.pk, [])],
    }


# Fields of the answer that stand in a column of another name.
COLUMNS = {
    "owner": "publisher",
    "description": "summary",
    "github_url": "code_url",
    "cover_image_url": "cover_url",
    "run_count": "runs",
    "base_model": "base_model_names",
    "base_models": "base_model_names",
    "updated_at": "source_updated_at",
}


def origins(shape: Shape, found: dict[str, FieldOrigin]) -> Shape:
    """For each field of a model that has a value: whose word it is, and when it was read."""
    columns = {name: COLUMNS.get(name, name) for name, value in shape.items() if value}
    return {name: _origin(found[column]) for name, column in columns.items() if column in found}


def _origin(row: FieldOrigin) -> Shape:
    return {
        "source": row.source,
        "source_url": row.source_url or None,
        "origin": row.origin or None,
        "read_at": row.read_at,
        "is_curated": row.is_curated,
        "note": row.note or None,
    }


def version(row: Version, *, with_schema: bool = True) -> Shape:
    """The official Python client refuses null for cog_version and openapi_schema."""
    return {
        "id": row.version_id,
        "created_at": row.created_at,
        "cog_version": row.cog_version,
        "openapi_schema": row.openapi_schema if with_schema else {},
    }


def example(row: Example, ai_model: AIModel, origin: str) -> Shape:
    """A prediction that somebody made at the source; it cannot be fetched or cancelled here."""
    return {
        "id": row.source_id,
        "model": ai_model.full_name,
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
        "urls": {"web": f"{origin}{ai_model.get_absolute_url()}"},
    }


def offer(row: Offer) -> Shape:
    return {
        "provider": row.provider,
        "unit": row.unit,
        "amount": float(row.amount),
        "currency": row.currency,
        "context_length": row.context_length,
        "tokens_per_second": row.tokens_per_second,
        "source": row.source,
        "url": row.url or None,
        "seen_at": row.seen_at,
    }


def collection(row: Collection) -> Shape:
    return {"name": row.name, "slug": row.slug, "description": row.description}


def _latest_versions(ids: list[int], *, with_schema: bool) -> dict[int, Version]:
    """Schemas reach 333 kB each, so they are left in the database unless wanted."""
    rows = Version.objects.filter(ai_model__in=ids).order_by("created_at", "id")
    latest = {row.ai_model_id: row for row in rows.defer("openapi_schema")}
    if with_schema:
        full = Version.objects.in_bulk([row.pk for row in latest.values()])
        return {row.ai_model_id: row for row in full.values()}
    return latest


def _newest_examples(ids: list[int]) -> dict[int, Example]:
    rows = Example.objects.filter(ai_model__in=ids).order_by("created_at", "id")
    newest = {ai_model: pk for pk, ai_model in rows.values_list("pk", "ai_model_id")}
    full = Example.objects.in_bulk(newest.values())
    return {row.ai_model_id: row for row in full.values()}


def _offers(ids: list[int]) -> dict[int, list[Offer]]:
    offers: dict[int, list[Offer]] = {}
    for row in Offer.objects.filter(ai_model__in=ids):
        offers.setdefault(row.ai_model_id, []).append(row)
    return offers


def _replacements(rows: Sequence[AIModel]) -> dict[int, str]:
    wanted = {row.replacement_id for row in rows if row.replacement_id}
    if not wanted:
        return {}
    listed = AIModel.objects.listed().select_related("publisher").filter(pk__in=wanted)
    return {row.pk: row.full_name for row in listed}
