"""Pages by cursor: where a reader stands in an ordered listing, which inserts do not move."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from rest_framework.request import Request

from .problems import BadParameters

LIMIT = 25
SIGNER = Signer(salt="api.cursor")


class Place(NamedTuple):
    """One row of a listing by what orders it: its segment, its value there and its key."""

    segment: int
    value: str
    pk: int | str


@dataclass(frozen=True)
class Segment:
    """Rows that share an order: falling by `column` (never null), then rising by `pk`.

    A listing is several of them one after the other, so that rows without the value that orders
    the others still have their place, and each database can use its plain index.
    """

    rows: QuerySet[Any, Any]
    column: str
    pk: str = "pk"
    parse: Callable[[str], Any] = datetime.fromisoformat

    def places(self, index: int, after: Place | None, count: int, *, falling: bool) -> list[Place]:
        order = [f"-{self.column}", self.pk] if falling else [self.column, f"-{self.pk}"]
        rows = self.rows.order_by(*order)
        if after:
            rows = rows.filter(*self._beyond(after, falling=falling))
        return [
            Place(index, value.isoformat() if isinstance(value, datetime) else str(value), _key(pk))
            for value, pk in rows.values_list(self.column, self.pk)[:count]
        ]

    def _beyond(self, place: Place, *, falling: bool) -> list[Q]:
        value = self.parse(place.value)
        further, nearer = ("lt", "gt") if falling else ("gt", "lt")
        return [
            # Implied by the other, but it is what lets a database start inside its index.
            Q(**{f"{self.column}__{further}e": value}),
            Q(**{f"{self.column}__{further}": value}) | Q(**{f"{self.pk}__{nearer}": place.pk}),
        ]


def _key(pk: Any) -> int | str:
    return str(pk) if isinstance(pk, UUID) else pk


@dataclass(frozen=True)
class Page:
    """The keys of a page in order, and the cursors of its neighbours."""

    keys: list[Any]
    next: str | None
    previous: str | None


@dataclass(frozen=True)
class Listing:
    """An order with a name: a cursor of another order is refused instead of misread."""

    order: str
    segments: Sequence[Segment]
    falling: bool = True

    def page(self, cursor: str, limit: int) -> Page:
        place, is_backward = self._read(cursor) if cursor else (None, False)
        found = self._walk(place, limit + 1, falling=self.falling is not is_backward)
        has_more, found = len(found) > limit, found[:limit]
        if is_backward:
            found.reverse()
        has_next = bool(found) and (is_backward or has_more)
        has_previous = bool(found) and (has_more if is_backward else place is not None)
        return Page(
            keys=[place.pk for place in found],
            next=self._write(found[-1], is_backward=False) if has_next else None,
            previous=self._write(found[0], is_backward=True) if has_previous else None,
        )

    def _walk(self, after: Place | None, count: int, *, falling: bool) -> list[Place]:
        found: list[Place] = []
        indexes = range(len(self.segments)) if falling else reversed(range(len(self.segments)))
        for index in indexes:
            if after and (index < after.segment if falling else index > after.segment):
                continue
            here = after if after and after.segment == index else None
            found += self.segments[index].places(index, here, count - len(found), falling=falling)
            if len(found) == count:
                break
        return found

    def _write(self, place: Place, *, is_backward: bool) -> str:
        return encode([self._name, is_backward, *place])

    def _read(self, cursor: str) -> tuple[Place, bool]:
        match decode(cursor):
            case [self._name, bool(is_backward), int(segment), str(value), int(pk) | str(pk)] if (
                0 <= segment < len(self.segments)
            ):
                return Place(segment, value, pk), is_backward
            case _:
                raise bad_cursor()

    @property
    def _name(self) -> str:
        return f"{self.order}.{'desc' if self.falling else 'asc'}"


def bad_cursor() -> BadParameters:
    return BadParameters(
        {
            "cursor": [
                "This cursor does not belong to this listing and order; leave it out to start at "
                "the first page, and follow `next` from there."
            ]
        }
    )


def encode(position: list[Any]) -> str:
    """Signed, so that what is decoded again is a place that was given out here."""
    return SIGNER.sign_object(position)


def decode(cursor: str) -> Any:
    try:
        return SIGNER.unsign_object(cursor)
    except BadSignature as error:
        raise bad_cursor() from error


def address(request: Request | HttpRequest, **parameters: str | None) -> str:
    """This request's own absolute address with other query parameters; None takes one away.

    The host is the one that the client called, so that it can call again and its token goes
    nowhere else. ALLOWED_HOSTS and the proxy's X-Forwarded-Proto keep it honest.
    """
    query = request.GET.copy()
    for name, value in parameters.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    text = query.urlencode()
    return request.build_absolute_uri(f"{request.path}?{text}" if text else request.path)


def origin(request: Request) -> str:
    """Scheme and host that this request came to; see address()."""
    return request.build_absolute_uri("/").removesuffix("/")


def answer(request: Request, page: Page, results: list[Any]) -> dict[str, Any]:
    return {
        "next": page.next and address(request, cursor=page.next),
        "previous": page.previous and address(request, cursor=page.previous),
        "results": results,
    }
