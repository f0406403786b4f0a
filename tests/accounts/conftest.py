"""People with tokens, and clients that send them."""
# ruff: noqa: PLC0415

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from tests import smtp

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

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
def mailbox(settings: "SettingsWrapper") -> Iterator[smtp.Mailbox]:
    with smtp.used_by(settings) as kept:
        settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
        settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
        settings.ACCOUNT_PREVENT_ENUMERATION = True
        settings.ACCOUNT_EMAIL_NOTIFICATIONS = True
        yield kept


def read(letter: smtp.EmailMessage) -> str:
    return letter.get_content().replace("\r\n", "\n")  # type: ignore[no-any-return]


def code_in(letter: smtp.EmailMessage) -> str:
    found = re.search(r"^[A-Z0-9]{3,}-[A-Z0-9]{3,}$", read(letter), re.MULTILINE)
    assert found, read(letter)
    return found[0]


@pytest.fixture
def as_ada(ada: "User") -> Client:
    client = Client(enforce_csrf_checks=False)
    client.force_login(ada)
    return client
