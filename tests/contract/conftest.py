"""A small catalog in each engine. What passes here holds whichever engine SEARCH_URL chooses.

Models are imported where they are used: this file is read before the settings are.
"""
# ruff: noqa: PLC0415

import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

    from catalog.models import AIModel
    from catalog.search import Results

MakeModel = Callable[..., "AIModel"]
Ask = Callable[..., "Results"]

ENGINES = ["embedded", "meilisearch"]
INDEX = f"test_{secrets.token_hex(6)}"


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """An engine that holds nothing yet."""
    name: str = request.param
    request.getfixturevalue(name)
    return name


@pytest.fixture
def embedded(settings: "SettingsWrapper", tmp_path: Path) -> None:
    from catalog.search import breaker, indexing

    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    settings.SEARCH_VECTORS_DIR = tmp_path / "vectors"
    breaker.close()
    indexing.wake()


@pytest.fixture
def meilisearch(embedded: None, settings: "SettingsWrapper", meilisearch_url: str) -> None:
    from tests.conftest import given_search

    settings.SEARCH_URL = meilisearch_url
    for name in ("SEARCH_KEY", "SEARCH_INDEX_KEY", "SEARCH_WATCH_KEY"):
        setattr(settings, name, given_search["SEARCH_KEY"])
    settings.SEARCH_INDEX = INDEX
    settings.SEARCH_SECONDS = 30.0  # a busy machine is slow, and that is no failure here
    _empty_meilisearch()


def _empty_meilisearch() -> None:
    """One index serves all tests: making one takes many times longer than emptying it."""
    from catalog.search import meilisearch
    from catalog.search.errors import Unavailable
    from catalog.search.meilisearch import client, spelling, tasks

    spelling.forget()
    with suppress(Unavailable), client.official() as server:
        emptied = server.index(meilisearch.current().name).delete_all_documents()
        tasks.finish(emptied.task_uid, seconds=60)


@pytest.fixture
def make_model(db: None) -> MakeModel:
    from catalog.models import AIModel, Library, License, Publisher, Task

    def make(full_name: str, **fields: Any) -> "AIModel":
        owner, name = full_name.split("/", 1)
        publisher, _ = Publisher.objects.get_or_create(key=owner.lower(), defaults={"slug": owner})
        if task := fields.pop("task", None):
            fields["task"], _ = Task.objects.get_or_create(
                id=task, defaults={"name": task, "name_zh": task, "group": "Text"}
            )
        if library := fields.pop("library", None):
            fields["library"], _ = Library.objects.get_or_create(
                id=library, defaults={"name": library}
            )
        if license := fields.pop("license", None):
            fields["license"], _ = License.objects.get_or_create(
                id=license, defaults={"name": license, "license_class": "open"}
            )
        return AIModel.objects.create(publisher=publisher, name=name, **fields)

    return make


@pytest.fixture
def ask(engine: str, db: None) -> Ask:
    """Bring the index in step and ask it; the database must not have answered instead."""
    from catalog.search import Query, find, indexing

    def ask(text: str = "", **question: Any) -> "Results":
        indexing.sweep()
        results = find(Query(text=text, **question))
        assert not results.is_degraded
        return results

    return ask


@pytest.fixture
def names(ask: Ask) -> Callable[..., list[str]]:
    """The full names of what is found, best first."""
    from catalog.models import AIModel

    def names(text: str = "", **question: Any) -> list[str]:
        found = AIModel.objects.listed().with_card_data().in_order(ask(text, **question).ids)
        return [model.full_name for model in found]

    return names
