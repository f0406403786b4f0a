"""How many models have each value of a facet, as if no other value of it had been chosen."""

import re
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import replace
from threading import Lock
from typing import Any

import tantivy
from tantivy import Occur

from catalog.search.embedded.filters import any_value, filter_clauses
from catalog.search.embedded.reading import count_of
from catalog.search.query import FacetValue, Query

KEPT = 512  # counts of recent queries, since pages of one search ask for the same

_counted: OrderedDict[tuple[Any, ...], dict[str, list[FacetValue]]] = OrderedDict()
_lock = Lock()


def counts(
    query: Query, fitting: tantivy.Query | None, searcher: tantivy.Searcher, stamp: Hashable
) -> dict[str, list[FacetValue]]:
    """Counts per value, largest first; the chosen values are always among them."""
    key = (stamp, _question(query))
    with _lock:
        if key in _counted:
            _counted.move_to_end(key)
            return _counted[key]
    found = _counted_by_engine(query, fitting, searcher)
    with _lock:
        _counted[key] = found
        while len(_counted) > KEPT:
            _counted.popitem(last=False)
    return found


def _question(query: Query) -> tuple[Any, ...]:
    """All that the counts depend on, without what only chooses a page of the answer."""
    return (
        query.text,
        tuple(sorted(query.any_of.items())),
        tuple(sorted(query.none_of.items())),
        tuple(query.ranges.items()),
        tuple(query.flags.items()),
        query.devices,
        query.updated_since,
        query.facets,
        query.facet_text,
        query.facet_limit,
    )


def _counted_by_engine(
    query: Query, fitting: tantivy.Query | None, searcher: tantivy.Searcher
) -> dict[str, list[FacetValue]]:
    """Facets without a choice in one request; one with a choice in its own, without its filter."""
    chosen = [name for name in query.facets if query.any_of.get(name)]
    others = [name for name in query.facets if name not in chosen]
    found = _aggregate(others, query, whole_clause(query, fitting), searcher)
    for name in chosen:
        clause = whole_clause(query, fitting, without=name)
        values = _aggregate([name], query, clause, searcher)[name]
        found[name] = _with_chosen(name, values, query.any_of[name], clause, searcher)
    return {name: found[name] for name in query.facets}


def whole_clause(
    query: Query, fitting: tantivy.Query | None, *, without: str = ""
) -> tantivy.Query:
    """The text's clause with all filters, but for the chosen values of the facet `without`."""
    parts = filter_clauses(query, without=without)
    if fitting is not None:
        parts = [(Occur.Must, fitting), *parts]
    if not any(occur == Occur.Must for occur, _ in parts):
        parts = [(Occur.Must, tantivy.Query.all_query()), *parts]
    return tantivy.Query.boolean_query(parts)


def _aggregate(
    names: list[str], query: Query, clause: tantivy.Query, searcher: tantivy.Searcher
) -> dict[str, list[FacetValue]]:
    if not names:
        return {}
    terms: dict[str, Any] = {"size": query.facet_limit}
    if query.facet_text:
        terms["include"] = _holding(query.facet_text)
    asked = {name: {"terms": {"field": name, **terms}} for name in names}
    answer = searcher.aggregate(clause, asked)
    return {
        name: [FacetValue(found["key"], found["doc_count"]) for found in answer[name]["buckets"]]
        for name in names
    }


def _holding(text: str) -> str:
    """A pattern for values that hold this text in any case, in the engine's own language."""
    signs = (f"[{re.escape(sign.lower())}{re.escape(sign.upper())}]" for sign in text)
    return f".*{''.join(signs)}.*"


def _with_chosen(
    name: str,
    values: list[FacetValue],
    chosen: tuple[str, ...],
    clause: tantivy.Query,
    searcher: tantivy.Searcher,
) -> list[FacetValue]:
    """The values with the chosen ones marked, and added when they are too rare to be listed."""
    wanted = {value.lower() for value in chosen}
    marked = [replace(value, is_selected=value.value.lower() in wanted) for value in values]
    known = {value.value.lower() for value in values}
    rare = [value for value in chosen if value.lower() not in known]
    return [
        *marked,
        *[FacetValue(value, _count(name, value, clause, searcher), True) for value in rare],
    ]


def _count(name: str, value: str, clause: tantivy.Query, searcher: tantivy.Searcher) -> int:
    both = [(Occur.Must, clause), (Occur.Must, any_value(name, [value]))]
    return count_of(searcher.search(tantivy.Query.boolean_query(both), limit=1))
