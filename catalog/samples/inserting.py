"""Inserts many rows of one table by one prepared statement.

For a table as wide as AIModel bulk_create spends five times as long on putting statements
together as the database on running them. What the database refuses it refuses here as well.
"""

from collections.abc import Callable, Sequence
from typing import Any

import orjson
from django.db import connection, models

Row = dict[str, Any]  # Values by attname: publisher_id, name, ... What is missing has its default.


def insert(model: type[models.Model], rows: Sequence[Row]) -> None:
    if not rows:
        return
    fields = [field for field in model._meta.concrete_fields if not _is_numbered(field)]
    prepared = [(field.attname, _preparation(field), _default(field)) for field in fields]
    with connection.cursor() as cursor:
        cursor.executemany(
            _statement(model, fields),
            [
                [
                    prepare(row[name]) if name in row else default
                    for name, prepare, default in prepared
                ]
                for row in rows
            ],
        )


def _is_numbered(field: "models.Field[Any, Any]") -> bool:
    return isinstance(field, models.AutoField)


def _statement(model: type[models.Model], fields: Sequence["models.Field[Any, Any]"]) -> str:
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    return f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({places})"  # noqa: S608


def _preparation(field: "models.Field[Any, Any]") -> Callable[[Any], Any]:
    """How a value of this field is handed to the database; most go as they are."""
    if isinstance(field, models.JSONField):
        return _json
    if isinstance(field, models.DateTimeField):
        return connection.ops.adapt_datetimefield_value
    return _as_it_is


def _as_it_is(value: Any) -> Any:
    return value


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _default(field: "models.Field[Any, Any]") -> Any:
    value = field.pre_save(field.model(), add=True)
    return None if value is None else field.get_db_prep_save(value, connection)
