"""Rows as dictionaries, put into their table by the thousand."""

from collections.abc import Sequence
from typing import Any

from django.db import models

from catalog.sources import tables

Row = dict[str, Any]  # Values by attname: publisher_id, name, ... What is missing has its default.


def insert(model: type[models.Model], rows: Sequence[Row]) -> None:
    defaults = {
        field.attname: field.pre_save(model(), add=True)
        for field in model._meta.concrete_fields
        if not isinstance(field, models.AutoField)
    }
    columns = list(defaults)
    complete = ({**defaults, **row} for row in rows)
    tables.insert(model, columns, ([row[name] for name in columns] for row in complete))
