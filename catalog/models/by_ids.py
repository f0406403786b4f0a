"""Questions for rows by their ids, worded once.

Every listing asks a few of them, and Django takes longer to word one than the database to answer.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Any

import orjson
from django.db import DEFAULT_DB_ALIAS, connection, models

from config.worded import Convert, Row, Words, converted

Ask = Callable[[Sequence[int]], models.QuerySet[Any, Any]]

# Questions are worded for so many ids and multiples of it, the last one asked for again and again:
# a page of copies has any number of them.
STEP = 8


class ByIds:
    """Calls give the rows of values_list() of a queryset that nothing but the ids changes.

    `ask` makes that queryset; it must take the ids as they are, and in one place only.
    """

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._worded = lru_cache(maxsize=64)(self._word)

    def __call__(self, ids: Sequence[int]) -> list[Row]:
        if not ids:
            return []
        ids = [*ids, *[ids[-1]] * (-len(ids) % STEP)]
        words = self._worded(len(ids), connection.vendor)
        return words.rows([_filled(one, ids) for one in words.parameters])

    def _word(self, count: int, _vendor: str) -> Words:
        """The places for the ids are negative numbers, which no id is."""
        places = range(-count, 0)
        compiler = self._ask(places).query.get_compiler(DEFAULT_DB_ALIAS)
        sql, parameters = compiler.as_sql()
        converters = compiler.get_converters([column for column, _, _ in compiler.select])
        steps = [(at, step) for at, found in converters.items() for step in _steps(*found)]
        return Words(sql, tuple(parameters), steps)


def _steps(converters: Sequence[Any], expression: Any) -> list[Convert]:
    """Django's own, but for the two kinds of columns that a page has hundreds of."""
    field = expression.output_field
    if isinstance(field, models.JSONField) and field.decoder is None:
        return [_json]
    if isinstance(field, models.DateTimeField) and connection.vendor == "sqlite":
        return [_moment]
    return [partial(converted, convert, expression) for convert in converters]


def _json(value: str | None) -> Any:
    return None if value is None else orjson.loads(value)


def _moment(value: datetime | None) -> datetime | None:
    """SQLite's driver reads moments without their zone, which is always UTC."""
    return None if value is None else value.replace(tzinfo=UTC)


def _filled(parameter: Any, ids: Sequence[int]) -> Any:
    return ids[parameter] if isinstance(parameter, int) and parameter < 0 else parameter
