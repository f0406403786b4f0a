"""The models of a collection in their order, each with its note."""

from dataclasses import replace

from catalog.models import Collection

from . import rows
from .rows import Row


def rows_of(collection: Collection) -> list[Row]:
    notes = dict(collection.items.values_list("ai_model_id", "note"))
    found = rows.listed().in_order(notes)
    return [
        replace(row, note=notes[ai_model.pk])
        for ai_model, row in zip(found, rows.of(found), strict=True)
    ]
