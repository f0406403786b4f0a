"""The site map (sitemaps.org), in parts: what is listed, and when each changed last.

A part is a range of ids, so that it is read along the primary key, and a row stays in its part
however many others come and go.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Max, QuerySet
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse

from catalog.models import AIModel, Collection, Publisher, Task
from catalog.pages import rows
from catalog.pages.remembered import remembered

SIZE = 20_000  # ids of a part; 50,000 addresses are allowed
BEGIN = '<?xml version="1.0" encoding="UTF-8"?>\n'
SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
STATIC_PAGES = ("home", "models", "tasks", "publishers", "collections", "api-docs")
CHANGED = Greatest("created_at", Coalesce("source_updated_at", F("created_at")))


@dataclass(frozen=True, slots=True)
class Part:
    """A file of the site map that has something in it, and when that changed last."""

    kind: str
    number: int
    changed: datetime | None

    @property
    def path(self) -> str:
        return reverse("sitemap_part", args=[self.kind, self.number])


def index() -> str:
    entries = [_entry("sitemap", part.path, part.changed) for part in parts()]
    return f"{BEGIN}<sitemapindex {SPACE}>\n{''.join(entries)}</sitemapindex>\n"


@remembered(seconds=600)
def parts() -> list[Part]:
    """Reads every model's dates, so it may be ten minutes old."""
    found = [
        Part(kind, part + 1, changed)
        for kind in ("publishers", "models")
        for part, changed in _in_parts(kind)
    ]
    return [Part("pages", 1, None), *found]


def written(kind: str, number: int) -> str:
    """One part; empty when nothing of it is listed."""
    entries = "".join(_entry("url", path, changed) for path, changed in _KINDS[kind](number))
    return f"{BEGIN}<urlset {SPACE}>\n{entries}</urlset>\n" if entries else ""


def stamp(kind: str, number: int) -> str:
    """Changes with whatever the part holds; costs a fraction of writing it."""
    if kind not in _ROWS:
        return ""
    listed = _ROWS[kind](number)
    found = listed.aggregate(count=Count("pk"), latest=Max(_STAMPED[kind]))
    return f"{kind}-{number}-{found['count']}-{found['latest']}"


def _pages(number: int) -> Iterator[tuple[str, datetime | None]]:
    if number != 1:
        return
    for name in STATIC_PAGES:
        yield reverse(name), None
    used = AIModel.objects.listed().exclude(task=None).values("task")
    for task in Task.objects.filter(pk__in=used).values_list("pk", flat=True):
        yield reverse("task", args=[task]), None
    for slug, changed in Collection.objects.listed().values_list("slug", "updated_at"):
        yield reverse("collection", args=[slug]), changed


def _models(number: int) -> Iterator[tuple[str, datetime | None]]:
    url = rows.url_maker()
    found = _model_rows(number).annotate(changed=CHANGED)
    for owner, name, changed in found.values_list("publisher__slug", "name", "changed"):
        yield url(owner, name), changed


def _publishers(number: int) -> Iterator[tuple[str, datetime | None]]:
    before = reverse("publisher", args=["x"]).removesuffix("x")
    for slug in _publisher_rows(number).values_list("slug", flat=True):
        yield f"{before}{rows.quoted(slug)}", None


def _model_rows(number: int) -> QuerySet[AIModel, Any]:
    return AIModel.objects.still_listed().filter(**_within(number)).order_by("pk")


def _publisher_rows(number: int) -> QuerySet[Publisher, Any]:
    shown = AIModel.objects.listed().values("publisher")
    return Publisher.objects.filter(pk__in=shown, **_within(number)).order_by("pk")


def part_of(pk: int) -> int:
    """The number of the part in which a row with this id is."""
    return (pk - 1) // SIZE + 1


def _within(number: int) -> dict[str, int]:
    return {"pk__gt": (number - 1) * SIZE, "pk__lte": number * SIZE}


def _in_parts(kind: str) -> Iterable[tuple[int, datetime | None]]:
    listed = AIModel.objects.listed().order_by()
    if kind == "models":
        by_part = listed.annotate(part=(F("pk") - 1) / SIZE).values_list("part")
        return by_part.annotate(changed=Max(CHANGED)).order_by("part")
    by_part = listed.annotate(part=(F("publisher_id") - 1) / SIZE).values_list("part")
    return [(part, None) for (part,) in by_part.distinct().order_by("part")]


def _entry(tag: str, path: str, changed: datetime | None) -> str:
    """Twenty thousand times a part: the path is quoted already, but for the one sign."""
    when = f"<lastmod>{changed.isoformat(timespec='seconds')}</lastmod>" if changed else ""
    return f"<{tag}><loc>{settings.PUBLIC_URL}{path.replace('&', '&amp;')}</loc>{when}</{tag}>\n"


Written = Callable[[int], Iterator[tuple[str, datetime | None]]]
_KINDS: dict[str, Written] = {"pages": _pages, "models": _models, "publishers": _publishers}
_ROWS: dict[str, Callable[[int], QuerySet[Any, Any]]] = {
    "models": _model_rows,
    "publishers": _publisher_rows,
}
_STAMPED = {"models": "updated_at", "publishers": "pk"}
KINDS = tuple(_KINDS)
