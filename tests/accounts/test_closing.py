"""Closing an account and an organisation: what is told first, and that nothing is left."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from accounts import tokens
from accounts.closing import actions
from accounts.models import AuditEvent, Closing, Membership, Role, User
from accounts.organizations import actions as organizations
from accounts.organizations import invitations
from catalog.collecting import actions as collecting
from catalog.models import Collection, SavedSearch

pytestmark = pytest.mark.django_db
ACCOUNT, ACME = "/account/close", "/organizations/acme/close"


@pytest.fixture
def acme(ada: User) -> User:
    return organizations.make(ada, name="acme")


def signed_in(name: str = "ada") -> Client:
    client = Client()
    client.post("/account/login", {"login": name, "password": "a-long-password"})
    return client


def html(answer: Any) -> str:
    return answer.content.decode()  # type: ignore[no-any-return]


def search(owner: User) -> SavedSearch:
    return SavedSearch.objects.create(owner=owner, name="mine", query_string="q=x")


def collection(owner: User, name: str = "Mine") -> Collection:
    return collecting.make(owner, name=name, description="", visibility="public")


def test_the_password_is_asked_for_when_it_was_not_just_now(as_ada: Client) -> None:
    answer = as_ada.get(ACCOUNT)

    assert answer["Location"].startswith("/account/sure")


def test_it_says_first_what_there_is(ada: User) -> None:
    search(ada)
    collection(ada)
    tokens.make(ada, name="laptop", scopes=["all"])

    page = html(signed_in().get(ACCOUNT))

    for text in ("1 saved search", "1 collection", "1 token"):
        assert f"<li>{text}" in page, text
    assert "0 predictions" not in page


def test_nothing_is_closed_without_the_name(ada: User) -> None:
    answer = signed_in().post(ACCOUNT, {"name": "bob"})

    assert answer.status_code == 400
    assert "This is another name." in html(answer)
    assert not Closing.objects.exists()


def test_a_closed_account_opens_nothing_from_that_moment_on(ada: User) -> None:
    _, text = tokens.make(ada, name="laptop", scopes=["all"])
    client, other = signed_in(), signed_in()

    answer = client.post(ACCOUNT, {"name": "ada"})

    assert "Your account is closed" in html(answer)
    assert client.get("/account").status_code == other.get("/account").status_code == 302
    program = Client(headers={"Authorization": f"Bearer {text}"})
    assert program.get("/v1/account").status_code == 401
    assert signed_in().get("/account").status_code == 302
    assert AuditEvent.objects.filter(what="account.closed", actor_name="ada").exists()


def test_then_all_that_was_theirs_is_deleted_but_the_name(ada: User, acme: User) -> None:
    Membership.objects.create(organization=acme, user=User.objects.create_user("bob"), role="admin")
    search(ada)
    collection(ada)
    EmailAddress.objects.create(user=ada, email="ada@example.org")
    tokens.make(ada, name="laptop", scopes=["all"])

    actions.close(ada)

    assert actions.go_on() == 0
    left = User.objects.get(pk=ada.pk)
    assert (left.username, left.email, left.is_active) == ("ada", "", False)
    assert not left.has_usable_password()
    assert actions.told(left) == []
    assert not EmailAddress.objects.exists()
    assert Closing.objects.get().ended_at
    assert signed_in().get("/organizations/acme").status_code == 302


def test_it_may_be_asked_for_and_worked_on_twice(ada: User) -> None:
    actions.close(ada)
    actions.close(ada)
    actions.go_on()
    actions.go_on()

    assert AuditEvent.objects.filter(what="account.closed").count() == 1


def test_a_part_that_fails_is_asked_again(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    from accounts.closing import parts  # noqa: PLC0415 - to add one

    class Slow:
        left = 2

        def told(self, owner: User) -> list[Any]:
            return []

        def hand_over(self, owner: User, to: User) -> None:
            pass

        def end(self, owner: User) -> bool:
            self.left -= 1
            return self.left <= 0

    monkeypatch.setattr(parts, "PARTS", [*parts.PARTS, Slow()])
    monkeypatch.setattr(actions, "PARTS", parts.PARTS)
    actions.close(ada)

    assert [actions.go_on(), actions.go_on(), actions.go_on()] == [1, 0, 0]


def test_the_only_admin_of_an_organisation_hands_it_over_first(ada: User, acme: User) -> None:
    client = signed_in()

    page = html(client.get(ACCOUNT))
    answer = client.post(ACCOUNT, {"name": "ada"})

    assert "You are the only admin of these." in page
    assert "/organizations/acme" in page
    assert answer.status_code == 400
    assert not Closing.objects.exists()


def test_the_only_administrator_stays() -> None:
    User.objects.create_superuser("root", password="a-long-password")

    with pytest.raises(actions.StillNeeded):
        actions.close(User.objects.get())


def test_collections_are_handed_over_to_an_organisation(ada: User, acme: User) -> None:
    Membership.objects.create(organization=acme, user=User.objects.create_user("bob"), role="admin")
    collection(ada)
    collection(acme)
    search(ada)

    signed_in().post(ACCOUNT, {"name": "ada", "hand_over_to": acme.pk})
    actions.go_on()

    assert sorted(each.slug for each in Collection.objects.filter(owner=acme)) == ["mine", "mine-2"]
    assert not SavedSearch.objects.exists()


def test_nothing_is_handed_over_to_a_stranger(ada: User) -> None:
    other = User.objects.create(username="other", kind=User.Kind.ORGANIZATION)

    answer = signed_in().post(ACCOUNT, {"name": "ada", "hand_over_to": other.pk})

    assert answer.status_code == 400
    assert not Closing.objects.exists()


def test_an_organisation_is_closed_by_an_admin(ada: User, acme: User, bob: User) -> None:
    Membership.objects.create(organization=acme, user=bob, role=Role.DEVELOPER)
    invitations.invite(acme, email="eve@example.org", role=Role.VIEWER, by=ada)
    collection(acme)
    client = signed_in()
    page = html(client.get(ACME))

    answer = client.post(ACME, {"name": "acme", "hand_over_to": ada.pk}, follow=True)
    actions.go_on()

    assert "2 members" in page
    assert "acme is closed" in html(answer)
    assert client.get("/organizations/acme").status_code == 404
    assert not acme.members.exists()
    assert not acme.invitations.exists()
    assert Collection.objects.get().owner == ada
    assert AuditEvent.objects.filter(what="organization.closed", actor_name="ada").exists()


@pytest.mark.parametrize(("role", "status"), [(Role.DEVELOPER, 403), (None, 404)])
def test_nobody_else_closes_it(acme: User, bob: User, role: Role | None, status: int) -> None:
    if role:
        Membership.objects.create(organization=acme, user=bob, role=role)

    assert signed_in("bob").post(ACME, {"name": "acme"}).status_code == status


def test_one_that_fails_holds_up_no_other(
    ada: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from accounts.closing import own  # noqa: PLC0415 - to let it fail once

    for user in (ada, bob):
        actions.close(user)
    end = own.end

    def failing(owner: User) -> bool:
        if owner == ada:
            raise ValueError("something unforeseen")
        return end(owner)

    with monkeypatch.context() as patch:
        patch.setattr(own, "end", failing)
        assert actions.go_on() == 1

    assert Closing.objects.get(user=bob).ended_at
    assert actions.go_on() == 0
