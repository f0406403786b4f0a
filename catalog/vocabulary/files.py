"""Reads the JSON files beside this module into entries, once a process."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from catalog.vocabulary.entries import (
    LanguageEntry,
    LibraryEntry,
    LicenseEntry,
    TaskEntry,
    TermEntry,
    TopicEntry,
)

FOLDER = Path(__file__).parent


def _rows(vocabulary: str) -> list[dict[str, Any]]:
    """The file's rows with tuples for lists, so that entries can be frozen and hashed."""
    written = json.loads((FOLDER / f"{vocabulary}.json").read_text(encoding="utf-8"))
    rows: list[dict[str, Any]] = written[vocabulary]
    return [{field: _frozen(value) for field, value in row.items()} for row in rows]


def _frozen(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


@cache
def tasks() -> tuple[TaskEntry, ...]:
    """All tasks, in the order in which they are shown."""
    return tuple(TaskEntry(**row) for row in _rows("tasks"))


@cache
def topics() -> tuple[TopicEntry, ...]:
    """All topics, in the order in which they are shown."""
    return tuple(TopicEntry(**row) for row in _rows("topics"))


@cache
def licenses() -> tuple[LicenseEntry, ...]:
    """All licenses that we know by name."""
    return tuple(LicenseEntry(**row) for row in _rows("licenses"))


@cache
def libraries() -> tuple[LibraryEntry, ...]:
    """All libraries, by id."""
    return tuple(LibraryEntry(**row) for row in _rows("libraries"))


@cache
def languages() -> tuple[LanguageEntry, ...]:
    """All languages by code, then the special values `multilingual` and `code`."""
    return tuple(LanguageEntry(**row) for row in _rows("languages"))


@cache
def terms() -> tuple[TermEntry, ...]:
    """Other spellings that names do not hold."""
    return tuple(TermEntry(**row) for row in _rows("terms"))
