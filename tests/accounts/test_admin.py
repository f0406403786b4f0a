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


@pytest.fixture
def acme(ada: "User") -> "User":
    from accounts.organizations import actions  # noqa: PLC0415

    return actions.make(ada, name="acme", shown_name="Acme Inc.")


def test_an_organisation_has_no_password_and_no_rights_in_the_admin(
    admin_client: Client, acme: "User"
) -> None:
    address = f"/admin/accounts/user/{acme.pk}"

    page = admin_client.get(f"{address}/change/").content.decode()
    asked = admin_client.get(f"{address}/password/")

    assert "Acme Inc." in page
    assert "is_superuser" not in page
    assert 'name="password"' not in page
    assert asked.status_code == 403
    assert admin_client.get("/admin/accounts/user/?kind__exact=organization").status_code == 200


def test_an_organisation_whose_admin_is_gone_gets_another(
    admin_client: Client, acme: "User", ada: "User", bob: "User"
) -> None:
    from accounts.models import AuditEvent, Membership  # noqa: PLC0415

    address = "/admin/accounts/membership/"
    wrong = {"organization": bob.pk, "user": acme.pk, "role": "admin"}

    refused = admin_client.post(f"{address}add/", wrong)
    admin_client.post(f"{address}add/", {"organization": acme.pk, "user": bob.pk, "role": "admin"})

    assert refused.status_code == 200
    made = Membership.objects.get(organization=acme, user=bob)
    assert AuditEvent.objects.filter(what="membership.added").exists()
    for path in ("", "?q=acme", f"{made.pk}/change/"):
        assert admin_client.get(address + path).status_code == 200


def test_an_administrator_closes_accounts_but_the_only_one(
    admin_client: Client, bob: "User", acme: "User", ada: "User"
) -> None:
    from accounts.models import Closing, User  # noqa: PLC0415

    everybody = [user.pk for user in User.objects.people()]

    answer = admin_client.post(
        "/admin/accounts/user/", {"action": "close", "_selected_action": everybody}, follow=True
    )

    assert [closing.user for closing in Closing.objects.all()] == [bob]
    assert "The account bob is being closed." in answer.content.decode()
    assert "Not closed: ada is the only admin" in answer.content.decode()
    assert admin_client.get("/admin/accounts/closing/").status_code == 200
    assert admin_client.get("/admin/accounts/invitation/").status_code == 200
