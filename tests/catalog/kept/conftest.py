"""People and a small catalog."""

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from tests.catalog.pages.conftest import llama, make_model, nothing_remembered
from tests.catalog.saved.conftest import ada, as_ada, bob

if TYPE_CHECKING:
    from accounts.models import User

__all__ = ["ada", "as_ada", "bob", "llama", "make_model", "nothing_remembered"]


@pytest.fixture
def as_bob(bob: "User") -> Client:
    client = Client()
    client.force_login(bob)
    return client
