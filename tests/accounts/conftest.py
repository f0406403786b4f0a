"""People with tokens, and clients that send them."""
# ruff: noqa: PLC0415

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.test import Client

if TYPE_CHECKING:
    from accounts.models import User

TokenOf = Callable[..., str]


@pytest.fixture
def ada(db: None) -> "User":
    from accounts.models import User

    return User.objects.create_user("ada", "ada@example.org", "a-long-password")


@pytest.fixture
def bob(db: None) -> "User":
    from accounts.models import User

    return User.objects.create_user("bob", "bob@example.org", "a-long-password")


@pytest.fixture
def token_of() -> TokenOf:
    from accounts import tokens

    def token_of(user: "User", *scopes: str, days: int | None = 90, name: str = "mine") -> str:
        return tokens.make(user, name=name, scopes=list(scopes or ["all"]), days=days)[1]

    return token_of


@pytest.fixture
def as_ada(ada: "User") -> Client:
    client = Client(enforce_csrf_checks=False)
    client.force_login(ada)
    return client
