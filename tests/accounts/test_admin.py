"""What an administrator may do with people and their tokens."""

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from tests.staff import at_the_desk

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


def test_an_administrator_bounds_what_people_and_organisations_spend(
    admin_client: Client, acme: "User", ada: "User"
) -> None:
    from accounts.models import AuditEvent  # noqa: PLC0415

    for owner in (ada, acme):
        address = f"/admin/accounts/user/{owner.pk}"

        linked = admin_client.get(f"{address}/change/").content.decode()
        wrong = admin_client.post(f"{address}/budgets/", {"requests_day": "-1"})
        admin_client.post(f"{address}/budgets/", {"requests_day": "20", "money_month": "1.5"})
        page = admin_client.get(f"{address}/budgets/").content.decode()

        assert f"{address}/budgets/" in linked
        assert wrong.status_code == 400
        assert "0 of 20 used" in page and 'value="1.5"' in page
        told = AuditEvent.objects.get(what="budget.imposed", about_id=owner.pk)
        assert told.actor_name == "admin"
        assert told.after == {"requests_per_day": "20", "money_per_month": "1.5"}
        admin_client.post(f"{address}/budgets/", {})
        assert not owner.budgets.exists()


def test_staff_without_that_right_bounds_nobody(ada: "User", bob: "User") -> None:
    from django.contrib.auth.models import Permission  # noqa: PLC0415

    bob.is_staff = True
    bob.save()
    may = Permission.objects.filter(codename__in=["view_user", "change_user"])
    bob.user_permissions.set(may)
    client = at_the_desk(bob)
    address = f"/admin/accounts/user/{ada.pk}"

    page = client.get(f"{address}/change/")
    answer = client.post(f"{address}/budgets/", {"requests_day": "1"})

    assert page.status_code == 200
    assert f"{address}/budgets/" not in page.content.decode()
    assert answer.status_code == 403
    assert not ada.budgets.exists()
