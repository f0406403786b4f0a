"""Models as an Atom feed (RFC 4287), page by page (RFC 5005)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.xmlutils import SimplerXMLGenerator

from catalog.models import AIModel
from catalog.pages import rows
from catalog.pages.lines import Row

ENTRIES = 50
# What XML 1.0 cannot hold, however it is written.
NOT_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Of a feed without entries: it must not look changed each time it is asked for.
NO_ENTRY_YET = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Feed:
    """What a feed says of itself; addresses are paths of this installation."""

    title: str
    page: str  # the page that shows the same
    address: str  # of the feed's first page, which is also what the feed is known by
    this: str  # of this page of it
    next: str = ""
    previous: str = ""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Something that is told of once, other than a model by itself."""

    title: str
    path: str
    text: str
    author: str
    key: str  # what it is known by here
    at: datetime


@dataclass(frozen=True)
class Written:
    xml: bytes
    updated: datetime


def write(
    feed: Feed,
    ids: Sequence[int],
    *,
    notes: dict[int, str] | None = None,
    arrivals: dict[int, datetime] | None = None,
) -> Written:
    """The listed models of these ids in their order, each with the note that somebody wrote.

    `arrivals` tells when each came into this feed; otherwise that is when it came into the catalog.
    """
    atom = _atom(feed)
    dates = _dates(ids, arrivals or {})
    for row in rows.in_order(ids):
        if row.id in dates:
            _add(atom, row, *dates[row.id], note=(notes or {}).get(row.id, ""))
    return _written(atom)


def write_entries(feed: Feed, entries: Iterable[Entry]) -> Written:
    atom = _atom(feed)
    for entry in entries:
        atom.add_item(
            title=_sound(entry.title),
            link=_at_home(entry.path),
            description="",
            text=_sound(entry.text),
            unique_id=_id(entry.key),
            pubdate=entry.at,
            updateddate=entry.at,
            author_name=_sound(entry.author),
            markdown="",
        )
    return _written(atom)


class _Atom(Atom1Feed):
    """With the neighbouring pages, and with summaries that are plain text."""

    def latest_post_date(self) -> datetime:
        return super().latest_post_date() if self.items else NO_ENTRY_YET

    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        super().add_root_elements(handler)
        for relation, path in self.feed["links"].items():
            if path:
                handler.addQuickElement("link", "", {"rel": relation, "href": _at_home(path)})

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, {**item, "description": None})
        handler.addQuickElement("summary", item["text"], {"type": "text"})
        if item["markdown"]:
            page = {"rel": "alternate", "type": "text/markdown", "href": item["markdown"]}
            handler.addQuickElement("link", "", page)


def _atom(feed: Feed) -> _Atom:
    return _Atom(
        title=_sound(feed.title),
        link=_at_home(feed.page),
        description=None,
        language=get_language(),
        author_name="Slipway",
        author_link=settings.PUBLIC_URL,
        feed_url=_at_home(feed.this),
        feed_guid=_at_home(feed.address),
        links={"next": feed.next, "previous": feed.previous, "first": feed.address},
    )


def _written(atom: _Atom) -> Written:
    return Written(atom.writeString("utf-8").encode(), atom.latest_post_date())


def _add(atom: _Atom, row: Row, arrived: datetime, updated: datetime, *, note: str) -> None:
    atom.add_item(
        title=_sound(f"{row.owner}/{row.name}"),
        link=_at_home(row.url),
        description="",
        text=_sound(_summary(row, note)),
        unique_id=_id(f"model/{row.id}"),
        pubdate=arrived,
        updateddate=updated,
        author_name=_sound(row.owner),
        markdown=_at_home(f"{row.url}.md"),
        categories=[_sound(kind) for kind in (*row.kinds, row.license) if kind],
    )


def _summary(row: Row, note: str) -> str:
    """The note, the publisher's line, and one with the facts."""
    facts = [
        *row.kinds,
        _("%(size)s parameters") % {"size": row.parameters} if row.parameters else "",
        _("context %(size)s") % {"size": row.context} if row.context else "",
        _("needs %(size)s") % {"size": row.memory} if row.memory else "",
        " ".join(filter(None, [row.license, f"({row.permits})"])),
        *(text for _, text in row.marks),
    ]
    return "\n".join(filter(None, [note, row.summary, " · ".join(filter(None, facts))]))


def _dates(
    ids: Sequence[int], arrivals: dict[int, datetime]
) -> dict[int, tuple[datetime, datetime]]:
    """When each came into this catalog, and when it changed last at its source or came."""
    found = AIModel.objects.filter(pk__in=ids).still_listed()
    return {
        pk: (arrived, max(arrived, changed or arrived))
        for pk, created, changed in found.values_list("pk", "created_at", "source_updated_at")
        for arrived in [arrivals.get(pk, created)]
    }


def _id(key: str) -> str:
    """Of keys, which stay through renames, so that no reader shows the same thing twice."""
    return f"tag:{urlsplit(settings.PUBLIC_URL).hostname},2026:{key}"


def _at_home(path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}"


def _sound(text: str) -> str:
    return NOT_IN_XML.sub(" ", text)
