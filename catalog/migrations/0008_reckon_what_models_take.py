from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db import migrations

from catalog import inheritance, memory
from catalog.models import AIModel
from catalog.sources import tables

CHUNK = 2_000


def fill(apps: Any, schema_editor: Any) -> None:
    """Whatever changed what fills the index has it rebuilt: these rows need no new updated_at."""
    rows = apps.get_model("catalog", "AIModel").objects.order_by("pk")
    known = rows.values("pk", *memory.COLUMNS).iterator(CHUNK)
    for some in _chunks(known):
        reckoned = [(*memory.derived(row).values(), row["pk"]) for row in some]
        changed = [row for row in reckoned if any(value is not None for value in row[:-1])]
        tables.update(AIModel, memory.DERIVED, changed)
    inheritance.settle()


def _chunks(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


class Migration(migrations.Migration):
    dependencies = [("catalog", "0007_what_a_model_takes")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
