from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def import_lines(tmp_path: Path) -> Callable[..., str]:
    """Imports these records as the lines of one file; a record may be given as its text."""
    from tests.catalog.imports import importing  # noqa: PLC0415 - settings are not there before

    def run(*records: dict[str, Any] | str | bytes, source: str = "jsonl", **options: Any) -> str:
        path = importing.write_lines(tmp_path / "records.jsonl", *records)
        return importing.told_by(source, path, **options)

    return run
