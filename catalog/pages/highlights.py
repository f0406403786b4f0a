"""The short lists of the home page."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import F
from django.utils.translation import gettext as _

from catalog import starter
from catalog.models import SourceRecord

from . import rows
from .address import searching
from .lines import Row
from .remembered import remembered

LENGTH = 8


@dataclass(frozen=True, slots=True)
class Entry:
    owner: str
    name: str
    url: str
    shown: str


@dataclass(frozen=True, slots=True)
class Highlight:
    title: str
    url: str
    entries: list[Entry]


@remembered(seconds=60)
def all_lists() -> list[Highlight]:
    lists = [
        _highlight(
            _("Trending"),
            "trending",
            "trending_score",
            lambda row: row.kinds[0] if row.kinds else "",
        ),
        _highlight(_("Newest"), "created", "published_at", lambda row: row.updated),
        _highlight(_("Most run"), "runs", "runs", lambda row: row.used),
        _highlight(_("Most downloaded"), "downloads", "downloads", lambda row: row.used),
    ]
    return [one for one in lists if one.entries]


@remembered(seconds=60)
def starter_origins() -> tuple[starter.Origin, ...]:
    """Where the starter content comes from, when this catalog holds it."""
    origins = starter.origins()
    files = [origin.file for origin in origins]
    return origins if SourceRecord.objects.filter(origin__in=files).exists() else ()


def _highlight(title: str, sort: str, column: str, shown: Callable[[Row], str]) -> Highlight:
    found = rows.listed().exclude(**{column: None}).order_by(F(column).desc(), "id")
    entries = [Entry(row.owner, row.name, row.url, shown(row)) for row in rows.of(found[:LENGTH])]
    return Highlight(title, searching(sort=sort), entries)
