"""What an administrator may do with people and their tokens."""

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


def test_a_token_that_turned_up_somewhere_is_found_and_revoked(
    admin_client: Client, ada: "User", token_of: "TokenOf"
) -> None:
    from accounts import tokens  # noqa: PLC0415

    text, other = token_of(ada, name="leaked"), token_of(ada, name="kept")
    address = "/admin/accounts/token/"

    page = admin_client.get(address, {"q": text[:12]}).content.decode()
    found = tokens.find(text)
    assert found
    admin_client.post(address, {"action": "revoke", "_selected_action": [found.pk]})

    assert "leaked" in page
    assert "kept" not in page
    assert tokens.find_usable(text) is None
    assert tokens.find_usable(other)
    assert admin_client.get(f"{address}{found.pk}/change/").status_code == 200
    assert admin_client.get(f"{address}add/").status_code == 403
