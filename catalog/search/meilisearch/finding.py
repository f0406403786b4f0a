"""A Query answered by Meilisearch: it counts and chooses candidates, ranking.py orders them.

The candidates are the most used of those that the text names exactly, of those whose names or
meanings hold its words, and of all that fit. What follows them comes in the order of use.
"""

from array import array
from collections.abc import Sequence
from dataclasses import replace

from catalog.search import typed, vectors
from catalog.search.addresses import plain
from catalog.search.meilisearch import asking, counting, filters, ranking, spelling
from catalog.search.meilisearch.asking import Asked
from catalog.search.meilisearch.filters import Expression
from catalog.search.meilisearch.index import Answer, Index, Request
from catalog.search.query import FacetValue, Query, Results
from catalog.search.words import sound

# Candidates of each kind; of those that fit closely about a page.
EXACT, FITTING = 6, 8
CLOSEST = (24, 16)
NEAREST = 24  # of those that mean the same
BY_USE = ["weight:desc"]
READ_AT_ONCE = 20_000  # ids
ALONG = 500  # ids in the order of use, read together with the counts
DEEPEST = 10**9  # rows; more than the engine can hold


def find(query: Query, index: Index) -> Results:
    """As strict as the text allows: more lenient only while it fits nothing at all."""
    text = sound(plain(query.text)).strip()
    if not text:
        return _listed(query, index, [], by=["popularity:desc"])
    read = typed.read(text)
    if not read.places:
        return Results(ids=[], total=0, facets=_no_counts(query))
    asked = asking.asked(read, index)
    for needed in read.needs:
        results = _fitting(query, index, asked, needed)
        if results.total or _fits_anything(index, asked, needed):
            break
    is_partial = needed < read.needs[0]
    near = vectors.meant(read, is_partial=is_partial)
    if near:
        results = _fitting(query, index, replace(asked, near=dict(near)), needed)
    return replace(results, is_partial=is_partial and results.total > 0)


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
    return f"price_{query.price_unit}:asc" if query.sort == "price" else f"by_{query.sort}:desc"


def _listed(query: Query, index: Index, fits: Sequence[Expression], *, by: list[str]) -> Results:
    """In an order that the engine itself knows."""
    order = by if query.sort == "relevance" else [_order(query), "popularity:desc"]
    main = _main(query, fits) | {
        "sort": order,
        "offset": min(query.offset, DEEPEST),
        "limit": query.limit,
    }
    answers = index.multi([main, *counting.requests(query, fits)])
    return Results(
        ids=_ids(answers[0]),
        total=int(answers[0]["estimatedTotalHits"]),
        facets=counting.counts(query, fits, answers, index) if query.facets else {},
    )


def _fitting(query: Query, index: Index, asked: Asked, needed: int) -> Results:
    fits = [asked.fitting(needed=needed)]
    if query.sort != "relevance":
        return _listed(query, index, fits, by=BY_USE)
    last = query.offset + query.limit
    along: Request = {"sort": BY_USE, "limit": last if last <= ALONG else 0}
    counted = [_main(query, fits) | along, *counting.requests(query, fits)]
    close = _close_candidates(query, asked, needed, fits)
    unknown = spelling.unknown(index, asked.stems)
    answers, beside = index.at_once(counted, [*close, *map(_how_many_hold, unknown)])
    _note(index, unknown, beside[len(close) :])
    ranked = _ranked(index, asked, beside[: len(close)])
    total = max(int(answers[0]["estimatedTotalHits"]), len(ranked))
    ids = list(dict.fromkeys([*ranked, *_ids(answers[0])]))[query.offset : last]
    if len(ids) < query.limit and total > len(ranked) and last > ALONG:
        ids += _behind(ranked, query, index, fits, limit=query.limit - len(ids))
    return Results(
        ids=ids,
        total=total,
        facets=counting.counts(query, fits, answers, index) if query.facets else {},
    )


def _main(query: Query, fits: Sequence[Expression]) -> Request:
    found: Request = {"filter": [*fits, *filters.of(query)], "attributesToRetrieve": ["id"]}
    return found | ({"facets": counting.unchosen(query)} if query.facets else {})


def _close_candidates(
    query: Query, asked: Asked, needed: int, fits: Sequence[Expression]
) -> list[Request]:
    kinds = [
        (asked.exact(), EXACT),
        *((fitting, FITTING) for fitting in fits),
        *zip(asked.closest(needed=needed), CLOSEST, strict=False),
        *((nearest, NEAREST) for nearest in asked.nearest(NEAREST)),
    ]
    narrowed = filters.of(query)
    return [{"filter": [kind, *narrowed], **_candidates(limit)} for kind, limit in kinds]


def _candidates(limit: int) -> Request:
    return {"sort": BY_USE, "limit": limit, "attributesToRetrieve": list(ranking.RANKED_BY)}


def _how_many_hold(stem: str) -> Request:
    held = [f"stems = {filters.quoted(stem)}"] if stem != spelling.ALL else []
    return {"filter": held, "limit": 0}


def _note(index: Index, unknown: Sequence[str], answers: Sequence[Answer]) -> None:
    totals = (int(answer["estimatedTotalHits"]) for answer in answers)
    spelling.note(index, dict(zip(unknown, totals, strict=True)))


def _ranked(index: Index, asked: Asked, answers: Sequence[Answer]) -> list[int]:
    """The candidates, best first; of equal ones the more used, then the older."""
    rarity = spelling.rarity(index, asked.stems)
    candidates = {hit["id"]: hit for answer in answers for hit in answer["hits"]}
    scores = {id: ranking.score(asked, hit, rarity) for id, hit in candidates.items()}
    return sorted(scores, key=lambda id: (-scores[id], -candidates[id]["popularity"], id))


def _behind(
    ranked: list[int], query: Query, index: Index, fits: Sequence[Expression], *, limit: int
) -> list[int]:
    """What follows the candidates, in the order of use."""
    others = [*fits, *filters.of(query), f"NOT {filters.is_one_of('id', ranked)}"]
    request: Request = {
        "filter": others,
        "sort": BY_USE,
        "offset": min(max(query.offset - len(ranked), 0), DEEPEST),
        "limit": limit,
        "attributesToRetrieve": ["id"],
    }
    return _ids(index.multi([request])[0])


def _fits_anything(index: Index, asked: Asked, needed: int) -> bool:
    """Whether it is the filters that leave nothing, rather than the words."""
    answers = index.multi([{"filter": [asked.fitting(needed=needed)], "limit": 0}])
    return int(answers[0]["estimatedTotalHits"]) > 0


def _ids(answer: Answer) -> list[int]:
    return [int(hit["id"]) for hit in answer["hits"]]


def _no_counts(query: Query) -> dict[str, list[FacetValue]]:
    return {
        name: [FacetValue(value, 0, True) for value in query.any_of.get(name, ())]
        for name in query.facets
    }
