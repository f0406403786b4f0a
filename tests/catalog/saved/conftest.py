"""People, their saved searches, and a small catalog in the real engine."""
# ruff: noqa: PLC0415

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from tests.catalog.pages.conftest import MakeModel, llama, make_model, nothing_remembered
from tests.contract.conftest import embedded, meilisearch

if TYPE_CHECKING:
    from accounts.models import User
    from catalog.models import AIModel, SavedSearch

__all__ = ["embedded", "llama", "make_model", "meilisearch", "nothing_remembered"]

Save = Callable[..., "SavedSearch"]
Look = Callable[[], None]


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> None:
    """The embedded one, unless a test names another."""
    request.getfixturevalue(getattr(request, "param", "embedded"))


@pytest.fixture
def ada(db: None) -> "User":
    from accounts.models import User

    return User.objects.create_user("ada", "ada@example.org", "a-long-password")


@pytest.fixture
def bob(db: None) -> "User":
    from accounts.models import User

    return User.objects.create_user("bob", "bob@example.org", "a-long-password")


@pytest.fixture
def as_ada(ada: "User") -> Client:
    client = Client(enforce_csrf_checks=False)
    client.force_login(ada)
    return client


@pytest.fixture
def save(ada: "User") -> Save:
    from catalog.saved import actions

    def save(query_string: str = "q=llama", **fields: Any) -> "SavedSearch":
        usual: dict[str, Any] = {"name": "Llamas", "mailing": "off", "webhook_url": ""}
        owner = fields.pop("owner", ada)
        return actions.save(owner, query_string=query_string, **{**usual, **fields})

    return save


@pytest.fixture
def look(engine: None, db: None) -> Look:
    """Bring the index in step and look at every saved search, as the beat does."""
    from django.db.models.functions import Now

    from catalog import tasks
    from catalog.models import SavedSearch
    from catalog.search import indexing

    def look() -> None:
        indexing.sweep()
        SavedSearch.objects.update(look_at=Now())
        tasks.look_for_new_matches()

    return look


@pytest.fixture
def found(make_model: MakeModel, look: Look) -> "Callable[..., AIModel]":
    """Add a model and look."""

    def found(full_name: str, **fields: Any) -> "AIModel":
        model = make_model(full_name, **fields)
        look()
        return model

    return found
