"""The models of a collection in their order, each with its note."""

from catalog.models import Collection

from . import rows
from .lines import Row


def rows_of(collection: Collection) -> list[Row]:
    notes = dict(collection.items.values_list("ai_model_id", "note"))
    return [row._replace(note=notes[row.id]) for row in rows.in_order(notes)]
