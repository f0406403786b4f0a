"""The filters of a Query in Meilisearch's filter language; whatever a user wrote is quoted."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from catalog.search.query import ANY_DEVICE, Query
from catalog.search.words import sound

Expression = str


def quoted(value: str) -> str:
    """The value as the filter language takes it; nothing in it can end the quotes."""
    escaped = sound(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def is_one_of(field: str, values: Iterable[str | int]) -> Expression:
    """Compared without regard to case, as Meilisearch does with every text."""
    listed = ", ".join(quoted(value) if isinstance(value, str) else str(value) for value in values)
    return f"{field} IN [{listed}]"


def both(parts: Sequence[Expression]) -> Expression:
    return _joined(" AND ", parts)


def either(parts: Sequence[Expression]) -> Expression:
    return _joined(" OR ", parts)


def of(query: Query, *, without: str = "") -> list[Expression]:
    """All filters, except the values chosen of one facet whose other values are to be counted."""
    chosen = [
        is_one_of(name, values)
        for name, values in query.any_of.items()
        if values and name != without
    ]
    ruled_out = [
        f"NOT {is_one_of(name, values)}" for name, values in query.none_of.items() if values
    ]
    return [*chosen, *ruled_out, *_ranges(query)]


def _ranges(query: Query) -> list[Expression]:
    bounds = {
        **{f"{name} >=": least for name, (least, _) in query.ranges.items()},
        **{f"{name} <=": most for name, (_, most) in query.ranges.items()},
        "by_updated >=": _since(query.updated_since),
        "version >": query.changed_after or None,
    }
    found = [f"{comparison} {bound}" for comparison, bound in bounds.items() if bound is not None]
    found += [f"{name} = {str(is_so).lower()}" for name, is_so in query.flags.items()]
    if query.devices is not None:
        found.append(is_one_of("device", [ANY_DEVICE, *query.devices]))
    return found


def _since(date: str) -> int | None:
    """Seconds since 1970, as by_updated holds them."""
    if not date:
        return None
    return int(datetime.fromisoformat(date).replace(tzinfo=UTC).timestamp())


def _joined(sign: str, parts: Sequence[Expression]) -> Expression:
    return parts[0] if len(parts) == 1 else f"({sign.join(parts)})"
