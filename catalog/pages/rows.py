"""One line of a listing, ready to print: what a model's columns say in the reader's words."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.memory import USUAL_CONTEXT
from catalog.models import AIModel, LicenseClass
from catalog.models.ai_models import AIModelQuerySet
from catalog.models.by_ids import ByIds

from . import figures, memory, words
from .lines import Row

COLUMNS = (
    "id",
    "name",
    "summary",
    "status",
    "task",
    "library",
    "license",
    "license_text",
    "license_class",
    "parameters",
    "context_length",
    "memory_bytes",
    "weight_bytes",
    "weight_bits",
    "token_bytes",
    "inherited_license_class",
    "license_from__license",
    "license_from__license_text",
    "license_from__name",
    "license_from__publisher__slug",
    "downloads",
    "likes",
    "runs",
    "published_at",
    "source_updated_at",
    "is_runnable",
    "is_sample",
    "publisher__slug",
)
_BY_IDS = ByIds(lambda ids: AIModel.objects.filter(pk__in=ids).still_listed().values_list(*COLUMNS))
SUMMARY_LIMIT = 240
PERMITS: dict[str, Any] = {
    **dict(LicenseClass.choices),
    "unknown": gettext_lazy("License unknown"),
}


def listed() -> AIModelQuerySet:
    return AIModel.objects.listed()


def of(ai_models: AIModelQuerySet) -> list[Row]:
    """In one query, without the long columns."""
    return _rows(ai_models.values(*COLUMNS))


def in_order(ids: Iterable[int], *, fitting: int = 0) -> list[Row]:
    """The listed models of these ids in their order; what is gone by now is left out.

    With a length of context in `fitting` each tells what it takes with that, and the arithmetic.
    """
    ids = list(ids)
    found = {row[0]: dict(zip(COLUMNS, row, strict=True)) for row in _BY_IDS(ids)}
    listed = _rows((found[pk] for pk in ids if pk in found), fitting or USUAL_CONTEXT)
    return [row._replace(note=row.arithmetic) for row in listed] if fitting else listed


def _rows(found: Iterable[Mapping[str, Any]], context: int = USUAL_CONTEXT) -> list[Row]:
    now = timezone.now()
    names = {name: words.names(name) for name in ("task", "library")}
    permits = {value: str(text) for value, text in PERMITS.items()}
    url, said = url_maker(), (_("runs"), _("downloads"))
    return [_row(one, names, permits, url, said, now, context) for one in found]


def _row(
    found: Mapping[str, Any],
    names: Mapping[str, Mapping[str, str]],
    permits: Mapping[str, str],
    url: Callable[[str, str], str],
    said: tuple[str, str],
    now: datetime,
    context: int,
) -> Row:
    license_class = found["inherited_license_class"] or found["license_class"]
    updated_at = found["source_updated_at"] or found["published_at"]
    used, used_as = _used(found, said)
    return Row(
        id=found["id"],
        owner=found["publisher__slug"],
        name=found["name"],
        url=url(found["publisher__slug"], found["name"]),
        marks=_marks(found),
        summary=found["summary"][:SUMMARY_LIMIT],
        note="",
        kinds=tuple(names[kind].get(found[kind], found[kind]) for kind in names if found[kind]),
        license=_license(found),
        license_class=license_class,
        permits=permits[license_class],
        inherited=_inherited(found),
        parameters=figures.parameters(found["parameters"]),
        context=figures.tokens(found["context_length"]),
        memory=_memory(found, context),
        arithmetic=memory.arithmetic(found, context),
        used=used,
        used_as=used_as,
        likes=figures.compact(found["likes"]),
        updated=figures.ago(updated_at, now),
        updated_on=f"{updated_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if updated_at else "",
        updated_at=updated_at.isoformat() if updated_at else "",
    )


def _license(found: Mapping[str, Any]) -> str:
    own = found["license"] or found["license_text"]
    return own or found["license_from__license"] or found["license_from__license_text"] or ""


def _inherited(found: Mapping[str, Any]) -> str:
    owner, name = found["license_from__publisher__slug"], found["license_from__name"]
    return _("Inherited from %(name)s") % {"name": f"{owner}/{name}"} if name else ""


def _memory(found: Mapping[str, Any], context: int) -> str:
    """As it is reckoned, or else as its source says."""
    size = memory.total(found, context)
    return figures.size(found["memory_bytes"]) if size is None else memory.about(size)


def _used(found: Mapping[str, Any], said: tuple[str, str]) -> tuple[str, str]:
    if found["runs"] is not None:
        return figures.compact(found["runs"]), said[0]
    if found["downloads"] is not None:
        return figures.compact(found["downloads"]), said[1]
    return "", ""


def _marks(found: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    marks = []
    if found["status"] == AIModel.Status.DEPRECATED:
        marks.append(("warn", _("Deprecated")))
    if found["is_runnable"]:
        marks.append(("good", _("Runs here")))
    if found["is_sample"]:
        marks.append(("", _("Sample")))
    return tuple(marks)


def url_maker() -> Callable[[str, str], str]:
    """Addresses of many models: the route is looked up once, not for each of them."""
    pattern = reverse("model", args=["OWNER", "NAME"])
    before, between = pattern.split("OWNER")[0], pattern.split("OWNER")[1].split("NAME")[0]
    return lambda owner, name: f"{before}{quoted(owner)}{between}{quote(name)}"


def quoted(owner: str) -> str:
    return quote(owner, safe="")
