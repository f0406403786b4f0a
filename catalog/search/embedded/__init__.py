"""The engine in our own process: Tantivy, which only this package imports."""

from array import array
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import tantivy

from catalog.search import vectors
from catalog.search.addresses import plain
from catalog.search.embedded import fitting, reading
from catalog.search.embedded.counting import counts, whole_clause
from catalog.search.embedded.generations import (
    Generation,
    current,
    make_current,
    rebuild_lock,
    remove,
    remove_old,
    start,
    write_lock,
)
from catalog.search.embedded.reading import count_of
from catalog.search.embedded.writing import (
    count,
    facts,
    fill,
    id_of,
    put,
    settle,
    versions_between,
    versions_of,
)
from catalog.search.errors import Unavailable
from catalog.search.query import Query, Results
from catalog.search.typed import read

__all__ = [
    "Generation",
    "all_ids",
    "count",
    "current",
    "facts",
    "fill",
    "find",
    "id_of",
    "make_current",
    "put",
    "rebuild_lock",
    "remove",
    "remove_old",
    "settle",
    "start",
    "versions_between",
    "versions_of",
    "write_lock",
]


Answer = TypeVar("Answer")

READ_AT_ONCE = 20_000  # ids; each such page is ordered anew


def find(query: Query) -> Results:
    """Raises Unavailable when the index cannot answer."""
    return _asked(lambda searcher, stamp: _found(query, searcher, stamp))


def all_ids(query: Query) -> "array[int]":
    """All that fit, in order, out of one commit. Raises Unavailable as find() does."""
    return _asked(lambda searcher, stamp: _all_found(query, searcher, stamp))


def _asked(ask: Callable[[tantivy.Searcher, reading.Stamp], Answer]) -> Answer:
    searcher, stamp = reading.searcher()
    try:
        return ask(searcher, stamp)
    except (ValueError, OSError) as error:
        reading.close()
        raise Unavailable("The search index cannot be read.") from error
    except BaseException as error:
        # Bytes that went bad make the engine panic, which is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        reading.close()
        current().note_damage()
        raise Unavailable("The search index is damaged.") from error


def _all_found(query: Query, searcher: tantivy.Searcher, stamp: reading.Stamp) -> "array[int]":
    ids = array("q")
    page = replace(query, facets=(), offset=0, limit=READ_AT_ONCE)
    while True:
        found = _found(page, searcher, stamp).ids
        ids.extend(found)
        if len(found) < READ_AT_ONCE:
            return ids
        page = replace(page, offset=page.offset + READ_AT_ONCE)


def _found(query: Query, searcher: tantivy.Searcher, stamp: reading.Stamp) -> Results:
    """As strict as the text allows: more lenient only while it fits nothing at all."""
    text = plain(query.text).strip()
    typed = read(text) if text else None
    for needed in typed.needs if typed else [0]:
        fits = fitting.clause(typed, searcher, needed=needed) if typed else None
        ids, total = _page(query, fits, searcher)
        if total or fits is None or count_of(searcher.search(fits, limit=1)):
            break
    is_partial = typed is not None and needed < typed.needs[0]
    near = vectors.meant(typed, is_partial=is_partial) if typed else []
    if near:
        fits = fitting.with_near(fits, near)
        ids, total = _page(query, fits, searcher)
    return Results(
        ids=ids,
        total=total,
        facets=counts(query, fits, searcher, (stamp, tuple(near))) if query.facets else {},
        is_partial=is_partial and total > 0,
    )


def _page(
    query: Query, fits: tantivy.Query | None, searcher: tantivy.Searcher
) -> tuple[list[int], int]:
    # The engine reserves memory for all that is skipped: never let it skip more than there is.
    offset = min(query.offset, searcher.num_docs)
    clause = whole_clause(query, fits)
    by, weight = _order(query, fits)
    answer = searcher.search(
        clause, limit=max(query.limit, 1), offset=offset, order_by_field=by, weight_by_field=weight
    )
    hits = answer.hits[: query.limit]
    ids = searcher.fast_field_values("id", [address for _, address in hits])
    return [int(id) for id in ids if id is not None], count_of(answer)


def _order(query: Query, fits: tantivy.Query | None) -> tuple[str | None, str | None]:
    """The field to order by, or the one to weight the fit of the words with."""
    if query.sort == "price":
        return f"by_price_{query.price_unit}", None
    if query.sort != "relevance":
        return f"by_{query.sort}", None
    return (None, "weight") if fits else ("by_popularity", None)
