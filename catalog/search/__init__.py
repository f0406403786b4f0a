"""One find() for page, API and admin, whichever engine answers."""

import heapq
from dataclasses import replace

from catalog.search import breaker, database, folding
from catalog.search.engines import engine
from catalog.search.errors import Cause, Unavailable
from catalog.search.query import FACETS, SORTS, AllIds, FacetValue, Query, Results

__all__ = [
    "FACETS",
    "SORTS",
    "AllIds",
    "Cause",
    "FacetValue",
    "Query",
    "Results",
    "all_ids",
    "find",
    "newest",
]


def find(query: Query) -> Results:
    """Ids of listed models that fit the query, best first, with the counts that it asks for.

    When the engine cannot answer, the database does, with fewer features (`is_degraded`).
    """
    return folding.find(query, _answer) if folding.is_wanted(query) else _answer(query)


def _answer(query: Query) -> Results:
    if breaker.is_open():
        return _by_database(query)
    try:
        results = engine().find(query)
    except Unavailable as error:
        breaker.open_for(error)
        return _by_database(query)
    breaker.close()
    return results


def all_ids(query: Query) -> AllIds:
    """Every model that fits, in the query's order, whatever its offset and limit.

    What a text fits is the engine's to say; filters alone are asked of the database, where
    nothing is a moment behind.
    """
    if not query.text:
        return AllIds(database.all_ids(query))
    if breaker.is_open():
        return AllIds(database.all_ids(query), is_degraded=True)
    try:
        ids = engine().all_ids(query)
    except Unavailable as error:
        breaker.open_for(error)
        return AllIds(database.all_ids(query), is_degraded=True)
    breaker.close()
    return AllIds(ids)


def newest(query: Query) -> list[int]:
    """A page of what fits, the latest to come into this catalog first, whatever its `sort`."""
    if not query.text:
        return database.newest(query)
    last = query.offset + query.limit
    return heapq.nlargest(last, all_ids(query).ids)[query.offset :]


def _by_database(query: Query) -> Results:
    return replace(database.find(query), cause=breaker.cause())
