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


@pytest.fixture
def clerk(db: None) -> "User":
    """Staff that may do everything with accounts, and is no administrator."""
    from django.contrib.auth.models import Permission  # noqa: PLC0415

    from accounts.models import User  # noqa: PLC0415

    made = User.objects.create_user("clerk", is_staff=True)
    apps = ("accounts", "account", "auth")
    made.user_permissions.set(Permission.objects.filter(content_type__app_label__in=apps))
    return made


def test_whoever_may_change_people_gives_no_rights(clerk: "User", ada: "User") -> None:
    from django.contrib.auth.models import Group  # noqa: PLC0415

    desk = at_the_desk(clerk)
    group = Group.objects.create(name="curators")
    rights = {"is_superuser": "on", "is_staff": "on", "groups": [group.pk]}
    joined = {"date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}

    for person in (clerk, ada):
        form = {"username": person.username, "first_name": "New", "is_active": "on"}
        answer = desk.post(f"/admin/accounts/user/{person.pk}/change/", form | joined | rights)
        assert answer.status_code == 302
    person_after, clerk_after = (type(ada).objects.get(pk=one.pk) for one in (ada, clerk))

    assert (person_after.first_name, person_after.is_staff) == ("New", False)
    assert not clerk_after.is_superuser
    assert not group.user_set.exists()  # type: ignore[attr-defined]
    for path in ("add/", f"{group.pk}/change/", f"{group.pk}/delete/"):
        assert desk.post(f"/admin/auth/group/{path}", {"name": "x"}).status_code == 403


def test_whoever_may_change_people_reaches_no_administrator(clerk: "User", ada: "User") -> None:
    from allauth.account.models import EmailAddress  # noqa: PLC0415

    desk = at_the_desk(clerk)
    type(ada).objects.filter(pk=ada.pk).update(is_superuser=True)
    theirs = EmailAddress.objects.create(user=ada, email="ada@example.org")
    people, addresses = "/admin/accounts/user/", "/admin/account/emailaddress/"
    new = {"user": ada.pk, "email": "mine@example.org", "verified": "on"}

    for path in ("change/", "delete/", "password/", "budgets/"):
        answer = desk.post(f"{people}{ada.pk}/{path}", {"password1": "x", "post": "yes"})
        assert answer.status_code in (302, 404), path
    for action in ("close", "delete_selected"):
        sent = {"action": action, "_selected_action": [ada.pk], "post": "yes"}
        desk.post(people, sent)
    desk.post(addresses, {"action": "make_verified", "_selected_action": [theirs.pk]})
    assert desk.post(f"{addresses}add/", new).status_code == 200  # the form, with what is wrong

    ada.refresh_from_db()
    assert ada.is_active
    assert ada.check_password("a-long-password")
    assert list(ada.emailaddress_set.values_list("email", "verified")) == [  # type: ignore[attr-defined]
        ("ada@example.org", False)
    ]
