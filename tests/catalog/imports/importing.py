"""The import command as the tests here call it, and what they look up afterwards."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command

from catalog.models import AIModel, SourceRecord

Import = Callable[..., str]


def told_by(source: str, location: object, **options: Any) -> str:
    """What the command prints when it imports this."""
    out = StringIO()
    options.setdefault("stderr", StringIO())
    arguments = [
        f"--{name.replace('_', '-')}={value}"
        for name, value in options.items()
        if name not in ("stderr",)
    ]
    call_command(
        "import_models", source, str(location), *arguments, stdout=out, stderr=options["stderr"]
    )
    return out.getvalue()


def write_lines(path: Path, *records: dict[str, Any] | str | bytes) -> Path:
    """A file of these records, one a line; one that is no JSON is given as its text."""
    path.write_bytes(b"".join(_line(record) + b"\n" for record in records))
    return path


def _line(record: dict[str, Any] | str | bytes) -> bytes:
    if isinstance(record, bytes):
        return record
    return (record if isinstance(record, str) else json.dumps(record)).encode()


def model(full_name: str) -> AIModel:
    return AIModel.objects.named(*full_name.split("/")).get()


def notes_of(full_name: str) -> list[str]:
    notes: list[str] = SourceRecord.objects.get(ai_model=model(full_name)).notes
    return notes
