"""A small catalog to ask: a model, its versions, a collection.

Models are imported where they are used: this file is read before the settings are.
"""
# ruff: noqa: PLC0415

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pytest_django.fixtures import Settings

if TYPE_CHECKING:
    from catalog.models import AIModel, Collection, Version

SCHEMA = {"components": {"schemas": {"Input": {"type": "object"}, "Output": {"type": "string"}}}}
MakeModel = Callable[..., "AIModel"]


@pytest.fixture(autouse=True)
def no_index(settings: Settings, tmp_path: Path) -> None:
    """Searches are the database's, unless a test builds its index."""
    settings.SEARCH_INDEX_DIR = tmp_path / "index"


@pytest.fixture
def make_model(db: None) -> MakeModel:
    from catalog.models import AIModel, Publisher

    def make(full_name: str, **fields: Any) -> "AIModel":
        owner, name = full_name.split("/", 1)
        publisher, _ = Publisher.objects.get_or_create(key=owner.lower(), defaults={"slug": owner})
        return AIModel.objects.create(publisher=publisher, name=name, **fields)

    return make


@pytest.fixture
def make_version() -> "Callable[..., Version]":
    from catalog.models import Version

    def make(ai_model: "AIModel", version_id: str = "a" * 64, **fields: Any) -> "Version":
        fields.setdefault("openapi_schema", SCHEMA)
        return Version.objects.create(ai_model=ai_model, version_id=version_id, **fields)

    return make


@pytest.fixture
def llama(make_model: MakeModel) -> "AIModel":
    return make_model(
        "Meta/Llama-3-8B",
        summary="A language model",
        runs=12,
        downloads=3_000,
        published_at=day(3),
    )


@pytest.fixture
def collection(llama: "AIModel") -> "Collection":
    from catalog.models import Collection

    collection = Collection.objects.create(slug="language-models", name="Language models")
    collection.items.create(ai_model=llama, position=1, note="The classic.")
    return collection


def day(number: int) -> datetime:
    return datetime(2026, 1, number, tzinfo=UTC)
