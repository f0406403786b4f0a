"""Organisations over REST: made, joined by invitation, managed by admins, left."""

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from accounts import tokens
from accounts.models import AuditEvent, Invitation, Membership, Role, User
from accounts.organizations import actions, invitations

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries
    from pytest_django.fixtures import SettingsWrapper

    from tests import smtp

pytestmark = pytest.mark.django_db
LIST = "/v1/organizations"
ACME = f"{LIST}/acme"
INVITED = {"email": "Eve@Example.org", "role": "viewer"}


@pytest.fixture
def acme(ada: User) -> User:
    """Ada is its admin."""
    return actions.make(ada, name="acme")


def as_(user: User, *scopes: str, of: User | None = None) -> Client:
    made = tokens.make(user, name="test", scopes=list(scopes or ["all"]), organization=of)
    return Client(headers={"Authorization": f"Bearer {made[1]}"})


def send(client: Client, method: str, path: str, body: Any = None) -> Any:
    return getattr(client, method)(path, body, content_type="application/json")


def member(organization: User, name: str, role: Role = Role.DEVELOPER) -> User:
    user = User.objects.create_user(name)
    Membership.objects.create(organization=organization, user=user, role=role)
    return user


def role_of(user: User) -> str:
    return Membership.objects.get(user=user).role


def errors(answer: Any) -> dict[str, str]:
    return {one["field"]: one["detail"] for one in answer.json()["errors"]}


def test_who_makes_one_is_its_admin(ada: User) -> None:
    client = as_(ada, "organizations:write")

    made = send(client, "post", LIST, {"username": "acme", "name": "Acme Inc."})

    assert (made.status_code, made["Location"]) == (201, f"http://testserver{ACME}")
    assert made.json() == client.get(ACME).json()
    assert (made.json()["name"], made.json()["role"]) == ("Acme Inc.", "admin")
    assert AuditEvent.objects.get(what="organization.made").token_prefix


@pytest.mark.parametrize("name", ["ada", "ADA", "admin", "a/b", "", "x" * 40, "-a", 7, None])
def test_its_name_is_held_to_what_peoples_names_are(ada: User, name: Any) -> None:
    answer = send(as_(ada), "post", LIST, {"username": name, "size": 3})

    assert answer.status_code == 400
    assert errors(answer).keys() == {"username", "size"}
    assert not User.objects.organizations().exists()


def test_nobody_makes_them_without_end(
    ada: User, acme: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MOST_MADE", 1)

    answer = send(as_(ada), "post", LIST, {"username": "other"})

    assert answer.status_code == 409
    assert "You manage 1 organisations" in answer.json()["detail"]


def test_a_token_of_one_organisation_makes_no_other(ada: User, acme: User) -> None:
    answer = send(as_(ada, of=acme), "post", LIST, {"username": "other"})

    assert answer.status_code == 403
    assert AuditEvent.objects.filter(what="request.refused", is_refused=True).exists()
    assert not User.objects.filter(username="other").exists()


def test_the_name_that_is_shown_is_changed(ada: User, acme: User) -> None:
    changed = send(as_(ada), "patch", ACME, {"name": "Acme Inc."})

    assert (changed.json()["username"], changed.json()["name"]) == ("acme", "Acme Inc.")
    assert send(as_(ada), "patch", ACME, {"name": ""}).json()["name"] == "acme"
    assert errors(send(as_(ada), "patch", ACME, {})).keys() == {"name"}


def test_an_admin_changes_a_role_and_removes_a_member(ada: User, acme: User) -> None:
    bob = member(acme, "bob")
    client = as_(ada, "organizations:write")

    changed = send(client, "patch", f"{ACME}/members/bob", {"role": "viewer"})
    assert (changed.json()["username"], changed.json()["role"]) == ("bob", role_of(bob))
    removed = client.delete(f"{ACME}/members/bob")

    assert (removed.status_code, removed.content) == (204, b"")
    assert not bob.memberships.exists()
    assert client.delete(f"{ACME}/members/bob").status_code == 404
    assert AuditEvent.objects.filter(what__startswith="member.", token_id__isnull=False).count()


@pytest.mark.parametrize("role", ["owner", "", None, ["admin"]])
def test_a_role_is_one_of_three(ada: User, acme: User, role: Any) -> None:
    answer = send(as_(ada), "patch", f"{ACME}/members/ada", {"role": role})

    assert answer.status_code == 400
    assert errors(answer).keys() == {"role"}


def test_the_last_admin_neither_leaves_nor_becomes_less(ada: User, acme: User) -> None:
    member(acme, "bob")

    less = send(as_(ada), "patch", f"{ACME}/members/ada", {"role": "viewer"})
    left = as_(ada).delete(f"{ACME}/members/ada")

    assert {less.status_code, left.status_code} == {409}
    assert "needs an admin" in left.json()["detail"]
    assert role_of(ada) == Role.ADMIN


def test_everybody_leaves_by_themselves(acme: User) -> None:
    bob = member(acme, "bob", Role.VIEWER)

    assert as_(bob, "organizations:write").delete(f"{ACME}/members/bob").status_code == 204

    assert as_(bob).get(ACME).status_code == 404


CHANGES = [
    ("patch", ""),
    ("patch", "/members/ada"),
    ("delete", "/members/ada"),
    ("post", "/invitations"),
    ("get", "/invitations"),
    ("delete", "/invitations/1"),
]


@pytest.mark.parametrize(("method", "path"), CHANGES, ids=str)
def test_admins_alone_manage_and_strangers_find_nothing(acme: User, method: str, path: str) -> None:
    bob, eve = member(acme, "bob"), User.objects.create_user("eve")

    refused = send(as_(bob), method, ACME + path, {})

    assert refused.status_code == 403
    assert "this needs an admin" in refused.json()["detail"]
    assert AuditEvent.objects.get(what="request.refused").actor_name == "bob"
    assert send(as_(eve), method, ACME + path, {}).status_code == 404


@pytest.mark.parametrize(("method", "path"), CHANGES, ids=str)
def test_a_token_does_it_only_with_the_scope_for_it(
    ada: User, acme: User, method: str, path: str
) -> None:
    others = ["predictions:write", "deployments:write", "files:write", "hand-over"]

    answer = send(as_(ada, *others), method, ACME + path, {})

    assert answer.status_code == 403
    assert "lacks the scope organizations:" in answer.json()["detail"]


def test_a_token_of_another_organisation_reaches_it_not(ada: User, acme: User) -> None:
    other = actions.make(ada, name="other")
    client = as_(ada, of=other)

    for path in (ACME, f"{ACME}/members", f"{ACME}/invitations"):
        assert client.get(path).status_code == 404
    assert client.delete(f"{ACME}/members/ada").status_code == 404
    assert client.get(f"{LIST}/other").status_code == 200


def test_without_mail_the_link_is_told_once(
    ada: User, acme: User, settings: "SettingsWrapper"
) -> None:
    settings.EMAIL_URL = ""
    client = as_(ada, "organizations:write")

    sent = send(client, "post", f"{ACME}/invitations", INVITED)
    [listed] = client.get(f"{ACME}/invitations").json()

    assert (sent.status_code, sent.json()["is_mailed"]) == (201, False)
    assert sent["Cache-Control"] == "private, no-store"
    link = sent.json()["link"]
    assert invitations.find(link.rpartition("/")[2]) == Invitation.objects.get()
    assert {**listed, "link": link, "is_mailed": False} == sent.json()
    assert (listed["email"], listed["role"], listed["created_by"]) == (
        *("eve@example.org", "viewer", "ada"),
    )


def test_with_mail_the_link_is_in_the_letter_alone(
    ada: User, acme: User, mailbox: "smtp.Mailbox"
) -> None:
    sent = send(as_(ada), "post", f"{ACME}/invitations", INVITED)

    assert (sent.json()["is_mailed"], sent.json()["link"]) == (True, None)
    [letter] = mailbox.letters
    assert letter["To"] == "eve@example.org"


def test_an_invitation_is_taken_back(ada: User, acme: User) -> None:
    client = as_(ada, "organizations:write")
    sent = send(client, "post", f"{ACME}/invitations", INVITED).json()
    path = f"{ACME}/invitations/{sent['id']}"

    assert client.delete(path).status_code == 204

    assert client.get(f"{ACME}/invitations").json() == []
    assert not Invitation.objects.open().exists()
    assert client.delete(path).status_code == 404


def test_what_an_invitation_lacks_is_named(ada: User, acme: User) -> None:
    answer = send(as_(ada), "post", f"{ACME}/invitations", {"email": "eve", "roll": "viewer"})

    assert errors(answer).keys() == {"email", "role", "roll"}


def test_nobody_invites_the_whole_world(
    ada: User, acme: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitations, "SENT_A_DAY", 1)
    client = as_(ada)
    send(client, "post", f"{ACME}/invitations", INVITED)

    answer = send(client, "post", f"{ACME}/invitations", {**INVITED, "email": "b@example.org"})

    assert answer.status_code == 429
    limit = answer.json()["limit"]
    assert (limit["name"], limit["unit"]) == ("invitations sent in a day", "requests")
    assert limit["most"] == limit["used"] == 1
    assert 86_390 < int(answer["Retry-After"]) <= 86_400
    assert Invitation.objects.count() == 1


def test_so_many_are_open_and_no_more(
    ada: User, acme: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitations, "MOST_OPEN", 0)

    answer = send(as_(ada), "post", f"{ACME}/invitations", INVITED)

    assert answer.status_code == 409
    assert "take some back first" in answer.json()["detail"]


@pytest.mark.parametrize("count", [1, 20])
def test_lists_take_as_many_queries_for_twenty_as_for_one(
    ada: User, acme: User, count: int, django_assert_num_queries: "DjangoAssertNumQueries"
) -> None:
    for number in range(count):
        member(acme, f"m{number}")
        invitations.invite(acme, email=f"{number}@example.org", role=Role.VIEWER, by=ada)
        actions.make(ada, name=f"other{number}") if number < 10 else None
    client = as_(ada)
    client.get("/v1/account")

    with django_assert_num_queries(2):  # token, memberships
        client.get(LIST)
    for path in ("members", "invitations"):
        with django_assert_num_queries(3):
            client.get(f"{ACME}/{path}")
