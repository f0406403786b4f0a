"""How many models have each value of a facet, as if no other value of it had been chosen."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from catalog.search.meilisearch import filters
from catalog.search.meilisearch.filters import Expression
from catalog.search.meilisearch.index import Index
from catalog.search.meilisearch.schema import LONG
from catalog.search.query import FacetValue, Query

Counts = dict[str, list[FacetValue]]


def unchosen(query: Query) -> list[str]:
    """The facets that are counted together with the models themselves."""
    return [name for name in query.facets if not query.any_of.get(name)]


def requests(query: Query, fits: Sequence[Expression]) -> list[dict[str, Any]]:
    """One for each facet with a choice, without its own filter."""
    return [
        {"filter": [*fits, *filters.of(query, without=name)], "limit": 0, "facets": [name]}
        for name in _chosen(query)
    ]


def counts(
    query: Query, fits: Sequence[Expression], answers: Sequence[dict[str, Any]], index: Index
) -> Counts:
    """From the main answer and one to each of requests(); largest first."""
    if query.facet_text:
        return {name: _holding(name, query, fits, answers, index) for name in query.facets}
    distributions = [answer.get("facetDistribution", {}) for answer in answers]
    found = {name: _values(distributions[0].get(name, {})) for name in unchosen(query)}
    for name, distribution in zip(_chosen(query), distributions[1:], strict=True):
        values = _values(distribution.get(name, {}))
        found[name] = _with_chosen(name, values, query, fits, index)
    return {name: found[name] for name in query.facets}


def _chosen(query: Query) -> list[str]:
    return [name for name in query.facets if query.any_of.get(name)]


def _values(distribution: dict[str, int]) -> list[FacetValue]:
    """Equal counts in the order of the alphabet, as the embedded engine has them."""
    largest = sorted(distribution.items(), key=lambda pair: (-pair[1], pair[0]))
    return [FacetValue(value, count) for value, count in largest]


def _holding(
    name: str,
    query: Query,
    fits: Sequence[Expression],
    answers: Sequence[dict[str, Any]],
    index: Index,
) -> list[FacetValue]:
    """Values with the text in them; of the long facets those that have a word beginning with it."""
    text = query.facet_text.lower()
    if name in LONG:
        others = [*fits, *filters.of(query, without=name)]
        counted = index.values_near(name, query.facet_text, others)
    else:
        counted = {}
        for answer in answers:
            counted |= answer.get("facetDistribution", {}).get(name, {})
    held = {value: count for value, count in counted.items() if text in value.lower()}
    return _values(held)[: query.facet_limit]


def _with_chosen(
    name: str, values: list[FacetValue], query: Query, fits: Sequence[Expression], index: Index
) -> list[FacetValue]:
    """The values with the chosen ones marked, and added when they are too rare to be listed."""
    chosen = query.any_of[name]
    wanted = {value.lower() for value in chosen}
    known = {value.value.lower() for value in values}
    marked = [replace(value, is_selected=value.value.lower() in wanted) for value in values]
    rare = [value for value in chosen if value.lower() not in known]
    others = [*fits, *filters.of(query, without=name)]
    asked = [{"filter": [*others, filters.is_one_of(name, [value])], "limit": 0} for value in rare]
    totals = [int(answer["estimatedTotalHits"]) for answer in index.multi(asked)]
    return [*marked, *(FacetValue(*pair, True) for pair in zip(rare, totals, strict=True))]
