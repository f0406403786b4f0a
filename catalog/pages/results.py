"""The search page, made ready: lines, filters, chips, pages, and what to do when nothing fits."""

from dataclasses import dataclass, replace

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog import search
from catalog.forms import SearchForm
from catalog.search import FACETS, SORTS, Query, Results

from . import copies, doors, facets, figures, nearest, notices, ranges, rows, suggestions, words
from .address import Address
from .lines import Row
from .pagination import Pages
from .remembered import remembered

# What only says how others are meant.
NO_FILTERS = ("context", "price_unit", "variants")
# Beyond this the counting of what each filter hides would cost more than it tells.
SUGGESTED_DROPS = 8


@dataclass(frozen=True, slots=True)
class Chip:
    name: str
    value: str
    url: str
    is_excluded: bool
    count: str = ""


@dataclass(frozen=True, slots=True)
class Sort:
    name: str
    title: str
    url: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsPage:
    text: str
    total: str
    headline: str
    rows: list[Row]
    folded: str  # a sentence on the copies that are no lines of their own
    one_by_one_url: str
    grouped_url: str
    groups: list[facets.Group]
    ranges: ranges.Ranges
    left_out: str  # how many models would be here if anybody knew their size
    address: Address
    chips: list[Chip]
    clear_url: str
    save_url: str
    sorts: list[Sort]
    sort: str
    sort_title: str
    pages: Pages
    notice: str
    is_partial: bool
    named: list[suggestions.Named]
    nearest: nearest.Nearest | None
    drops: list[Chip]
    popular: list[Row]
    url: str
    doors: doors.Doors


def of(form: SearchForm) -> ResultsPage:
    """What /models shows for a valid form."""
    asked = form.query(may_collapse=True)
    query = replace(asked, facets=facets.counted_at_once(asked))
    found = search.find(query)
    address = Address(tuple(form.parameters()))
    number = form.cleaned_data["page"] or 1
    return ResultsPage(
        text=query.text,
        total=figures.whole(found.total),
        headline=_headline(query, found),
        rows=copies.under(_rows(query, found.ids), found.variants, _all_url(address)),
        folded=_folded(found),
        one_by_one_url=_all_url(address) if found.folded else "",
        grouped_url=address.without("variants").url() if address.get("variants") else "",
        groups=facets.of(query, found.facets, address),
        ranges=ranges.of(query, address),
        left_out=_left_out(query, found),
        address=address,
        chips=chips(address),
        clear_url=address.only(("q", "sort")).url(),
        save_url=address.without("sort").url(route="save_search"),
        sorts=_sorts(query, address),
        sort=query.sort,
        sort_title=str(words.SORT_TITLES.get(query.sort, query.sort)),
        pages=_pages(found, number, query.limit, address),
        notice=notices.of(found.cause) if found.is_degraded else "",
        is_partial=found.is_partial,
        named=suggestions.named(query.text) if number == 1 else [],
        nearest=nearest.of(query, found, address),
        drops=[] if found.total else _drops(query, address),
        popular=[] if found.total else _popular(),
        url=address.url(page=number),
        doors=doors.of(address, figures.whole(found.total)),
    )


def _headline(query: Query, found: Results) -> str:
    count = {"count": figures.whole(found.total), "text": query.text}
    if query.text:
        text = ngettext(
            "%(count)s model for “%(text)s”", "%(count)s models for “%(text)s”", found.total
        )
    else:
        text = ngettext("%(count)s model", "%(count)s models", found.total)
    return text % count


def _folded(found: Results) -> str:
    if not found.folded:
        return ""
    text = ngettext(
        "%(count)s of them is a copy, shown under its original.",
        "%(count)s of them are copies, shown under their originals.",
        found.folded,
    )
    return text % {"count": figures.whole(found.folded)}


def _all_url(address: Address) -> str:
    return address.having("variants", "all").url()


def _rows(query: Query, ids: list[int]) -> list[Row]:
    """Each with what was asked about it: the arithmetic of its memory, its price."""
    listed = rows.in_order(ids, fitting=0 if query.fits is None else query.context)
    if query.sort != "price" and f"price_{query.price_unit}" not in query.ranges:
        return listed
    told = ranges.prices_of(ids, query.price_unit)
    notes = ((row.note, told.get(row.id, "")) for row in listed)
    joined = (" · ".join(filter(None, both)) for both in notes)
    return [row._replace(note=note) for row, note in zip(listed, joined, strict=True)]


def _left_out(query: Query, found: Results) -> str:
    """How many fit all else, while nothing tells what they take; empty when none or not asked."""
    if query.fits is None or found.is_degraded:
        return ""
    unknown = replace(
        query, fits=None, is_sized=False, collapse=False, facets=(), offset=0, limit=1
    )
    total = search.find(unknown).total
    return figures.whole(total) if total else ""


def chips(address: Address) -> list[Chip]:
    return [
        _chip(name, value, address)
        for name, value in address.pairs
        if name not in ("q", "sort", "variants", "page", "limit")
    ]


def _chip(name: str, value: str, address: Address) -> Chip:
    is_excluded = name in FACETS and value.startswith("-")
    bare = value[1:] if is_excluded else value
    return Chip(
        name=words.title(name),
        value=words.label(name, bare),
        url=address.without(name, value).url(),
        is_excluded=is_excluded,
    )


def _sorts(query: Query, address: Address) -> list[Sort]:
    return [
        Sort(
            name=name,
            title=str(words.SORT_TITLES.get(name, name)),
            url=address.having("sort", "" if name == "relevance" else name).url(),
            is_chosen=name == query.sort,
        )
        for name in SORTS
    ]


def _pages(found: Results, number: int, size: int, address: Address) -> Pages:
    lines = found.total - found.folded
    count = max(1, -(-lines // size))
    first = (number - 1) * size + 1
    return Pages(
        number=number,
        count=count,
        previous_url=address.url(page=min(number, count + 1) - 1) if number > 1 else "",
        next_url=address.url(page=number + 1) if number < count else "",
        first_number=first,
        first=figures.whole(first),
        last=figures.whole(min(first + size - 1, lines)),
        total=figures.whole(lines),
    )


def _drops(query: Query, address: Address) -> list[Chip]:
    """Each filter that can be dropped, with what would be found then; the most first."""
    found = [
        (chip, _total_of(rest))
        for chip, rest in [
            (_chip(name, value, address), address.without(name, value))
            for name, value in address.pairs
            if name not in ("q", "sort", *NO_FILTERS)
        ][:SUGGESTED_DROPS]
    ]
    if query.text and found:
        bare = address.without("q")
        found.append((Chip(_("Text"), query.text, bare.url(), is_excluded=False), _total_of(bare)))
    helpful = sorted((pair for pair in found if pair[1]), key=lambda pair: -pair[1])
    return [replace(chip, count=figures.whole(total)) for chip, total in helpful]


def _total_of(address: Address) -> int:
    form = SearchForm(QueryDict(address.query_string))
    return search.find(form.query(limit=1)).total if form.is_valid() else 0


def _popular() -> list[Row]:
    return rows.in_order(_popular_ids())


@remembered(seconds=30)
def _popular_ids() -> list[int]:
    return list(rows.listed().by_popularity().values_list("pk", flat=True)[:6])
