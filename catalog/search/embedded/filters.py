"""The filters of a Query in the engine's own terms."""

from collections.abc import Sequence
from datetime import UTC, datetime

import tantivy
from tantivy import FieldType, Occur

from catalog.search.embedded import schema
from catalog.search.embedded.schema import the_schema
from catalog.search.query import ANY_DEVICE, Query

Clause = tantivy.Query


def filter_clauses(query: Query, *, without: str = "") -> list[tuple[Occur, Clause]]:
    """All filters, except the values chosen of one facet whose other values are to be counted."""
    chosen = [
        (Occur.Must, any_value(name, values))
        for name, values in query.any_of.items()
        if values and name != without
    ]
    ruled_out = [
        (Occur.MustNot, any_value(name, values)) for name, values in query.none_of.items() if values
    ]
    return [*chosen, *ruled_out, *[(Occur.Must, clause) for clause in _ranges(query)]]


def any_value(name: str, values: Sequence[str]) -> Clause:
    found = tantivy.Query.term_set_query(the_schema(), name, [value.lower() for value in values])
    return tantivy.Query.const_score_query(found, 0.0)


def _ranges(query: Query) -> list[Clause]:
    found = [_range(name, least, most) for name, (least, most) in query.ranges.items()]
    found += [_range(name, int(is_so), int(is_so)) for name, is_so in query.flags.items()]
    found.append(_range("by_updated", _since(query.updated_since), None))
    found.append(_range("version", query.changed_after + 1 if query.changed_after else None, None))
    if query.devices is not None:
        found.append(any_value("device", [ANY_DEVICE, *query.devices]))
    return [clause for clause in found if clause is not None]


def _since(date: str) -> int | None:
    """The least value of by_updated from this day on."""
    if not date:
        return None
    day = datetime.fromisoformat(date).replace(tzinfo=UTC)
    return schema.ranked(int(day.timestamp())) << schema.POPULARITY_BITS


def _range(field: str, least: int | None, most: int | None) -> Clause | None:
    if least is None and most is None:
        return None
    found = tantivy.Query.range_query(
        the_schema(), field, FieldType.Unsigned, lower_bound=least, upper_bound=most
    )
    return tantivy.Query.const_score_query(found, 0.0)
