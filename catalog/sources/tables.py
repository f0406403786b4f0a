"""Rows by the thousand: one statement with many parameter sets, which the database takes in C.

Django's bulk_create builds one long statement per few rows on SQLite (999 parameters), several
times slower for the catalog's wide rows. Columns are given as attnames, values as Python holds
them.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeAlias

import orjson
from django.db import connection, models

Row: TypeAlias = Sequence[Any]
Field: TypeAlias = "models.Field[Any, Any]"


def insert(model: type[models.Model], columns: Sequence[str], rows: Iterable[Row]) -> None:
    _execute(_insert(model, columns), model, columns, rows)


def upsert(
    model: type[models.Model], columns: Sequence[str], unique: Sequence[str], rows: Iterable[Row]
) -> None:
    """As insert(), but a row with the same `unique` fields is brought up to date instead."""
    target = ", ".join(_name(model, column) for column in unique)
    changes = ", ".join(
        f"{name} = excluded.{name}"
        for name in (_name(model, column) for column in columns if column not in unique)
    )
    statement = f"{_insert(model, columns)} ON CONFLICT ({target}) DO UPDATE SET {changes}"
    _execute(statement, model, columns, rows)


def update(model: type[models.Model], columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Set these columns of the rows whose primary key, "id", comes last in each row."""
    changes = ", ".join(f"{_name(model, column)} = %s" for column in columns)
    table = connection.ops.quote_name(model._meta.db_table)
    statement = f"UPDATE {table} SET {changes} WHERE id = %s"  # noqa: S608 - our own names
    _execute(statement, model, [*columns, "id"], rows)


def _insert(model: type[models.Model], columns: Sequence[str]) -> str:
    table = connection.ops.quote_name(model._meta.db_table)
    names = ", ".join(_name(model, column) for column in columns)
    places = ", ".join(["%s"] * len(columns))
    return f"INSERT INTO {table} ({names}) VALUES ({places})"  # noqa: S608 - our own names


def _execute(
    statement: str, model: type[models.Model], columns: Sequence[str], rows: Iterable[Row]
) -> None:
    adapters = [
        (place, adapt)
        for place, column in enumerate(columns)
        if (adapt := _adapter(_field(model, column)))
    ]
    parameters = [_adapted(row, adapters) for row in rows]
    if not parameters:
        return
    with connection.cursor() as cursor:
        cursor.executemany(statement, parameters)


def _adapted(row: Row, adapters: Sequence[tuple[int, Callable[[Any], Any]]]) -> list[Any]:
    values = list(row)
    for place, adapt in adapters:
        if values[place] is not None:
            values[place] = adapt(values[place])
    return values


def _adapter(field: Field) -> Callable[[Any], Any] | None:
    """What turns a Python value into a parameter; None where the driver takes it as it is."""
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


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _name(model: type[models.Model], attname: str) -> str:
    return connection.ops.quote_name(str(_field(model, attname).column))


def _field(model: type[models.Model], attname: str) -> Field:
    return next(field for field in model._meta.concrete_fields if field.attname == attname)
