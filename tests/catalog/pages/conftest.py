"""A small catalog to look at.

Models are imported where they are used: this file is read before the settings are.
"""
# ruff: noqa: PLC0415

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from catalog.models import AIModel

MakeModel = Callable[..., "AIModel"]


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    from catalog.pages import remembered

    remembered.forget()
    yield
    remembered.forget()


@pytest.fixture
def make_model(db: None) -> MakeModel:
    from catalog.models import AIModel, Library, License, Publisher, Task

    task, _ = Task.objects.get_or_create(
        id="text-generation",
        defaults={
            "name": "Text Generation",
            "name_zh": "文本生成",
            "summary": "Continues a text.",
            "summary_zh": "续写文本。",
            "group": "Text",
            "modality_in": ["text"],
            "modality_out": ["text"],
        },
    )
    Library.objects.get_or_create(id="transformers", defaults={"name": "Transformers"})
    mit, _ = License.objects.get_or_create(
        id="mit", defaults={"name": "MIT License", "license_class": "open"}
    )

    def make(full_name: str, **fields: Any) -> "AIModel":
        owner, name = full_name.split("/", 1)
        publisher, _ = Publisher.objects.get_or_create(key=owner.lower(), defaults={"slug": owner})
        usual = {"task": task, "library_id": "transformers", "license": mit}
        usual |= {"license_class": "open", "published_at": datetime(2026, 1, 2, tzinfo=UTC)}
        return AIModel.objects.create(publisher=publisher, name=name, **{**usual, **fields})

    return make


@pytest.fixture
def llama(make_model: MakeModel) -> "AIModel":
    return make_model(
        "Meta/Llama-3-8B",
        summary="A language model",
        parameters=8_030_261_248,
        context_length=131_072,
        memory_bytes=16_000_000_000,
        downloads=1_234_567,
        tags=["chat"],
        source="huggingface",
        source_url="https://huggingface.co/meta/Llama-3-8B",
    )
