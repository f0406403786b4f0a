"""A Query answered by Meilisearch: every word in the name, the publisher's name or the meaning."""

from array import array
from dataclasses import replace
from typing import Any

from catalog.search import typed
from catalog.search.addresses import key_in, plain
from catalog.search.meilisearch import filters
from catalog.search.meilisearch.filters import Expression, either, is_one_of, quoted
from catalog.search.meilisearch.index import Index
from catalog.search.query import FacetValue, Query, Results

READ_AT_ONCE = 20_000  # ids


def find(query: Query, index: Index) -> Results:
    asked: dict[str, Any] = {
        "filter": [*_fitting(plain(query.text).strip()), *filters.of(query)],
        "sort": [_order(query), "popularity:desc"],
        "offset": query.offset,
        "limit": query.limit,
        "facets": list(query.facets),
        "attributesToRetrieve": ["id"],
    }
    answer = index.multi([asked])[0]
    counts = answer.get("facetDistribution", {})
    return Results(
        ids=[int(hit["id"]) for hit in answer["hits"]],
        total=int(answer["estimatedTotalHits"]),
        facets={name: _values(query, name, counts.get(name, {})) for name in query.facets},
    )


def all_ids(query: Query, index: Index) -> "array[int]":
    """Page after page; what the engine moves from one to the next meanwhile counts once."""
    ids: dict[int, None] = {}
    page = replace(query, facets=(), offset=0, limit=READ_AT_ONCE)
    while True:
        found = find(page, index).ids
        ids.update(dict.fromkeys(found))
        if len(found) < READ_AT_ONCE:
            return array("q", ids)
        page = replace(page, offset=page.offset + READ_AT_ONCE)


def _order(query: Query) -> str:
    """What is not known comes last, whichever way round."""
    if query.sort == "price":
        return f"price_{query.price_unit}:asc"
    return "weight:desc" if query.sort == "relevance" else f"by_{query.sort}:desc"


def _fitting(text: str) -> list[Expression]:
    if not text:
        return []
    read = typed.read(text)
    exactly = f"key = {quoted(key_in(text) or '/')}"
    return [either([exactly, *_held(read.words[at])]) for at in read.places]


def _held(word: str) -> list[Expression]:
    return [is_one_of(field, [word]) for field in ("name", "runs", "owner", "tag_words", "about")]


def _values(query: Query, name: str, counts: dict[str, int]) -> list[FacetValue]:
    chosen = {value.lower() for value in query.any_of.get(name, ())}
    return [FacetValue(value, count, value.lower() in chosen) for value, count in counts.items()]
