"""What an administrator is told before a person is deleted."""

from typing import TYPE_CHECKING

import pytest
from django.test import Client

if TYPE_CHECKING:
    from accounts.models import User

    from .conftest import TokenOf

pytestmark = pytest.mark.django_db


def test_what_goes_with_a_person_is_counted_and_goes(
    admin_client: Client, ada: "User", bob: "User", token_of: "TokenOf"
) -> None:
    token_of(ada)
    token_of(ada, name="other")
    token_of(bob)
    address = f"/admin/accounts/user/{ada.pk}/delete/"

    asked = admin_client.get(address).content.decode()
    admin_client.post(address, {"post": "yes"})

    assert "Tokens: 2" in asked
    assert not type(ada)._default_manager.filter(pk=ada.pk).exists()
    assert bob.tokens.count() == 1
