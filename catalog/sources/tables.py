"""Rows by the thousand, in one statement, the way each database takes them fastest.

SQLite gets one statement with many parameter sets, PostgreSQL all rows as one JSON text. Django's
bulk_create builds one long statement per few rows on SQLite (999 parameters) and per batch on
PostgreSQL, several times slower for the catalog's wide rows. Columns are given as attnames,
values as Python holds them.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeAlias

import orjson
from django.db import connection, models

Row: TypeAlias = Sequence[Any]
Field: TypeAlias = "models.Field[Any, Any]"


def make_room() -> None:
    """Prepare SQLite's connection for many rows: the indexes they go into stay in memory.

    A cache of its own instead of the mapped file, so that memory has a known end, and fewer
    checkpoints. PostgreSQL needs none of it.
    """
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA mmap_size = 0")
        cursor.execute("PRAGMA cache_size = -131072")
        cursor.execute("PRAGMA wal_autocheckpoint = 16384")


def insert(model: type[models.Model], columns: Sequence[str], rows: Iterable[Row]) -> None:
    _insert(model, columns, list(rows))


def upsert(
    model: type[models.Model], columns: Sequence[str], unique: Sequence[str], rows: Iterable[Row]
) -> None:
    """As insert(), but a row with the same `unique` fields is brought up to date instead.

    Of rows that are the same in them the last one counts.
    """
    places = [columns.index(column) for column in unique]
    distinct = {tuple(row[place] for place in places): row for row in rows}
    target = ", ".join(_name(model, column) for column in unique)
    changes = ", ".join(
        f"{name} = excluded.{name}"
        for name in (_name(model, column) for column in columns if column not in unique)
    )
    conflict = f" ON CONFLICT ({target}) DO UPDATE SET {changes}"  # nosec B608
    _insert(model, columns, list(distinct.values()), conflict)


def update(model: type[models.Model], columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Set these columns of the rows whose primary key, "id", comes last in each row."""
    table = _table(model)
    names = [_name(model, column) for column in columns]
    if connection.vendor == "postgresql":
        changes = ", ".join(f"{name} = given.{name}" for name in names)
        given = _given(model, [*columns, "id"])
        condition = f"{table}.id = given.id"
        statement = f"UPDATE {table} SET {changes} FROM {given} WHERE {condition}"  # noqa: S608  # nosec B608
    else:
        changes = ", ".join(f"{name} = %s" for name in names)
        statement = f"UPDATE {table} SET {changes} WHERE id = %s"  # noqa: S608 - our own names  # nosec B608
    _execute(statement, model, [*columns, "id"], list(rows))


def _insert(
    model: type[models.Model], columns: Sequence[str], rows: list[Row], conflict: str = ""
) -> None:
    names = ", ".join(_name(model, column) for column in columns)
    if connection.vendor == "postgresql":
        source = f"SELECT {names} FROM {_given(model, columns)}"  # noqa: S608 - our own names  # nosec B608
    else:
        source = f"VALUES ({', '.join(['%s'] * len(columns))})"
    _execute(f"INSERT INTO {_table(model)} ({names}) {source}{conflict}", model, columns, rows)


def _given(model: type[models.Model], columns: Sequence[str]) -> str:
    """The rows of the one JSON parameter as a table of PostgreSQL."""
    typed = ", ".join(
        f"{_name(model, column)} {_field(model, column).db_type(connection)}" for column in columns
    )
    return f"json_to_recordset(%s::json) AS given ({typed})"


def _execute(
    statement: str, model: type[models.Model], columns: Sequence[str], rows: list[Row]
) -> None:
    if not rows:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            names = [str(_field(model, column).column) for column in columns]
            given = [dict(zip(names, row, strict=True)) for row in rows]
            cursor.execute(statement, [orjson.dumps(given, default=_number).decode()])
        else:
            adapters = _adapters(model, columns)
            cursor.executemany(statement, [_adapted(row, adapters) for row in rows])


Adapters: TypeAlias = Sequence[tuple[int, Callable[[Any], Any]]]


def _adapters(model: type[models.Model], columns: Sequence[str]) -> Adapters:
    """By place in the row what turns a value into what SQLite's driver takes."""
    found = ((place, _adapter(_field(model, column))) for place, column in enumerate(columns))
    return [(place, adapt) for place, adapt in found if adapt]


def _adapted(row: Row, adapters: Adapters) -> list[Any]:
    values = list(row)
    for place, adapt in adapters:
        if values[place] is not None:
            values[place] = adapt(values[place])
    return values


def _adapter(field: Field) -> Callable[[Any], Any] | None:
    if isinstance(field, models.JSONField):
        return _json
    if isinstance(field, models.DateTimeField):
        return _moment
    if isinstance(field, models.DateField | models.DecimalField):
        return lambda value: field.get_db_prep_save(value, connection)
    return None


@lru_cache(maxsize=4096)  # the rows of a batch share most of their dates
def _moment(value: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(value)


def _number(value: Any) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"a value of the type {type(value).__name__} is no JSON")


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _name(model: type[models.Model], attname: str) -> str:
    return connection.ops.quote_name(str(_field(model, attname).column))


def _field(model: type[models.Model], attname: str) -> Field:
    return next(field for field in model._meta.concrete_fields if field.attname == attname)
