"""Shows the copies of a model under their original, whichever engine found them.

A copy is folded when its original fits the search as well, within the first results: there each
original stands once, at the place of the best of its group. Further on, where nobody looks for
the best, every model is a line of its own.
"""

from collections.abc import Callable
from dataclasses import replace

from catalog.conversions import is_converted
from catalog.models import AIModel
from catalog.models.by_ids import ByIds
from catalog.search.addresses import key_in, plain
from catalog.search.query import Query, Results

WINDOW = 240  # results

_COPIES = ByIds(
    lambda ids: (
        AIModel.objects.filter(pk__in=ids)
        .exclude(original=None)
        .order_by()
        .values_list("pk", "original_id")
    )
)

Ask = Callable[[Query], Results]


def is_wanted(query: Query) -> bool:
    """Not where a copy is what was asked for: by its full name, or by the mark of a conversion."""
    return query.collapse and not key_in(plain(query.text)) and not is_converted(query.text)


def find(query: Query, ask: Ask) -> Results:
    """What `ask` finds, with `variants` and `folded`; offset and limit count lines."""
    first = ask(replace(query, offset=0, limit=WINDOW))
    lines, variants = _folded(first.ids)
    folded = len(first.ids) - len(lines)
    ids = lines[query.offset : query.offset + query.limit]
    if first.total > len(first.ids):
        ids += _further(query, ask, lines=len(lines), folded=folded)
    return replace(
        first,
        ids=ids,
        folded=folded,
        variants={id: variants[id] for id in ids if id in variants},
    )


def _further(query: Query, ask: Ask, *, lines: int, folded: int) -> list[int]:
    """The part of the page that lies beyond the folded results."""
    start = max(query.offset, lines)
    limit = query.offset + query.limit - start
    if limit <= 0:
        return []
    return ask(replace(query, offset=start + folded, limit=limit, facets=())).ids


def _folded(ids: list[int]) -> tuple[list[int], dict[int, list[int]]]:
    """The ids that are lines, and by original the copies under it, each in the order found."""
    originals = _originals(ids)
    leading = {id: _leader(id, originals) for id in ids}
    variants: dict[int, list[int]] = {}
    for id, leader in leading.items():
        if id != leader:
            variants.setdefault(leader, []).append(id)
    return list(dict.fromkeys(leading.values())), variants


def _leader(id: int, originals: dict[int, int | None]) -> int:
    """The original, if it was found as well and is none's copy itself."""
    original = originals[id]
    is_found = original in originals and originals[original] not in originals
    return original if original is not None and is_found else id


def _originals(ids: list[int]) -> dict[int, int | None]:
    """For each of these models its original, if it is a copy."""
    found: dict[int, int | None] = dict.fromkeys(ids)
    found.update(_COPIES(ids))
    return found
