"""The engine at SEARCH_URL: Meilisearch, whose client only this package imports."""

from array import array

from django.conf import settings

from catalog.search.errors import Unavailable
from catalog.search.meilisearch import client, finding, versions
from catalog.search.meilisearch.index import Index
from catalog.search.meilisearch.indexes import (
    Generation,
    current,
    facts,
    make_current,
    rebuild_lock,
    remove,
    remove_old,
    start,
    write_lock,
)
from catalog.search.meilisearch.writing import (
    count,
    fill,
    id_of,
    put,
    settle,
    versions_between,
    versions_of,
)
from catalog.search.query import Query, Results

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


def find(query: Query) -> Results:
    """Raises Unavailable when the engine cannot answer in time."""
    try:
        return finding.find(query, Index(client.searching(), settings.SEARCH_INDEX))
    except Unavailable:
        versions.forget()  # It may come back as another.
        raise


def all_ids(query: Query) -> "array[int]":
    """All that fit, in order. Raises Unavailable as find() does, but has more time."""
    return finding.all_ids(query, Index(client.searching(seconds=20), settings.SEARCH_INDEX))
