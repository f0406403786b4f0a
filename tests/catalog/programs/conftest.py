"""A small catalog in the real engine, for programs to read."""
# ruff: noqa: PLC0415

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.catalog.pages.conftest import llama, make_model, nothing_remembered

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

__all__ = ["llama", "make_model", "nothing_remembered"]

HOSTILE = "\x00\x01\x1b\ufffe]]> <script>&amp; \u202e “\u2028" + chr(0x10FFFF)


@pytest.fixture(autouse=True)
def _home(settings: "SettingsWrapper", tmp_path: Path) -> None:
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    settings.PUBLIC_URL = "https://models.example.org"


@pytest.fixture
def in_step(db: None) -> Callable[[], Any]:
    """Bring the index in step with the rows."""
    from catalog.search import indexing

    return indexing.sweep
