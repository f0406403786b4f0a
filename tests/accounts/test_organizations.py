"""Organisations on their pages: made, joined by a link, managed by admins, left."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEvent, Invitation, Membership, Role, User
from accounts.organizations import actions, invitations
from tests.accounts.conftest import read

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries
    from pytest_django.fixtures import SettingsWrapper

    from tests import smtp
    from tests.accounts.conftest import TokenOf

pytestmark = pytest.mark.django_db
PAGE = "/organizations/acme"


@pytest.fixture
def acme(ada: User) -> User:
    """Ada is its admin."""
    return actions.make(ada, name="acme")


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def member(organization: User, role: Role, name: str = "") -> User:
    user = User.objects.create_user(name or role.value)
    Membership.objects.create(organization=organization, user=user, role=role)
    return user


def membership(user: User) -> Membership:
    return Membership.objects.get(user=user)


def html(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer
    return answer.content.decode()


def invited(organization: User, by: User, role: Role = Role.DEVELOPER) -> str:
    """The path of the link."""
    _, link = invitations.invite(organization, email="bob@example.org", role=role, by=by)
    return "/invitations/" + link.rpartition("/")[2]


def noted(what: str) -> AuditEvent:
    return AuditEvent.objects.filter(what=what).first()  # type: ignore[return-value]


def test_who_makes_one_is_its_admin(as_ada: Client, ada: User) -> None:
    sent = as_ada.post("/organizations/new", {"name": "acme", "shown_name": "Acme Inc."})

    assert sent["Location"] == PAGE
    made = User.objects.organizations().get()
    assert (made.username, made.first_name, made.has_usable_password()) == (
        *("acme", "Acme Inc.", False),
    )
    assert Membership.objects.get(organization=made, user=ada).role == Role.ADMIN
    assert noted("organization.made").about_name == "acme"
    assert "Acme Inc." in html(as_ada, "/account/organizations")


@pytest.mark.parametrize("name", ["Bob", "bob", "admin", "new", "a/b", "", "x" * 40, "-a"])
def test_its_name_is_held_to_what_peoples_names_are(as_ada: Client, bob: User, name: str) -> None:
    answer = as_ada.post("/organizations/new", {"name": name})

    assert answer.status_code == 400
    assert "field-error" in answer.content.decode()
    assert not User.objects.organizations().exists()


def test_nobody_makes_them_without_end(
    as_ada: Client, acme: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MOST_MADE", 1)

    answer = as_ada.post("/organizations/new", {"name": "other"})

    assert "You manage 1 organisations" in answer.content.decode()


@pytest.mark.parametrize("role", Role)
def test_members_see_each_other_and_strangers_nothing(acme: User, role: Role) -> None:
    page = html(as_(member(acme, role)), PAGE)

    assert "ada" in page
    assert ("Invite somebody" in page) == (role == Role.ADMIN)
    html(as_(User.objects.create_user("eve")), PAGE, 404)
    assert Client().get(PAGE)["Location"] == f"/account/login?next={PAGE}"


ADMINS_ACTS = ("name", "invitations", "members/{pk}/role", "members/{pk}/remove")


@pytest.mark.parametrize("act", [*ADMINS_ACTS, "invitations/{pk}/again", "invitations/{pk}/revoke"])
def test_admins_alone_manage(acme: User, ada: User, act: str) -> None:
    developer = member(acme, Role.DEVELOPER)
    path = f"{PAGE}/{act.format(pk=membership(ada).pk)}"

    answer = as_(developer).post(path, {"role": "viewer"})

    assert answer.status_code == 403
    assert "this needs an admin" in answer.content.decode()
    assert noted("request.refused").actor_name == "developer"
    assert as_(User.objects.create_user("eve")).post(path).status_code == 404


def test_an_admin_changes_a_role_and_removes_a_member(as_ada: Client, acme: User) -> None:
    bob = member(acme, Role.VIEWER, "bob")
    path = f"{PAGE}/members/{membership(bob).pk}"

    changed = as_ada.post(f"{path}/role", {"role": "developer"}, follow=True)
    assert membership(bob).role == Role.DEVELOPER
    removed = as_ada.post(f"{path}/remove", follow=True)

    assert "bob is Developer now." in changed.content.decode()
    assert "bob is no member any more" in removed.content.decode()
    assert not bob.memberships.exists()
    assert noted("member.role_changed").before == {"role": "viewer"}
    assert noted("member.removed").after == {"member": "bob"}


@pytest.mark.parametrize("act", ["role", "remove"])
def test_a_member_whom_another_admin_removed_in_this_moment_is_not_there(
    as_ada: Client, acme: User, act: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = membership(member(acme, Role.DEVELOPER))
    monkeypatch.setattr(actions, "_lock", lambda _: Membership.objects.filter(pk=row.pk).delete())

    response = as_ada.post(f"/organizations/acme/members/{row.pk}/{act}", {"role": "viewer"})

    assert response.status_code == 404


@pytest.mark.parametrize("act", ["leave", "members/{pk}/role", "members/{pk}/remove"])
def test_the_last_admin_neither_leaves_nor_becomes_less(
    as_ada: Client, ada: User, acme: User, act: str
) -> None:
    member(acme, Role.DEVELOPER)
    path = f"{PAGE}/{act.format(pk=membership(ada).pk)}"

    answer = as_ada.post(path, {"role": "viewer"}, follow=True)

    assert "acme needs an admin: make somebody else one first." in answer.content.decode()
    assert membership(ada).role == Role.ADMIN


def test_an_admin_who_is_not_the_last_leaves(as_ada: Client, ada: User, acme: User) -> None:
    member(acme, Role.ADMIN, "bob")

    left = as_ada.post(f"{PAGE}/leave", follow=True)

    assert "You left acme." in left.content.decode()
    html(as_ada, PAGE, 404)


def test_without_mail_the_link_is_shown_once(
    as_ada: Client, acme: User, settings: "SettingsWrapper"
) -> None:
    settings.EMAIL_URL = ""

    answer = as_ada.post(f"{PAGE}/invitations", {"email": "Bob@Example.org", "role": "viewer"})

    page = answer.content.decode()
    assert f"{settings.PUBLIC_URL}/invitations/" in page
    assert Invitation.objects.get().email == "bob@example.org"
    assert "/invitations/" + Invitation.objects.get().digest not in page
    assert f"{settings.PUBLIC_URL}/invitations/" not in html(as_ada, PAGE)


def test_with_mail_the_link_is_sent(as_ada: Client, acme: User, mailbox: "smtp.Mailbox") -> None:
    as_ada.post(f"{PAGE}/invitations", {"email": "bob@example.org", "role": "developer"})

    [letter] = mailbox.letters
    assert letter["To"] == "bob@example.org"
    assert letter["Subject"] == "[Slipway] You are invited to acme"
    link = next(line for line in read(letter).splitlines() if "/invitations/" in line)
    assert invitations.find(link.rpartition("/")[2]) == Invitation.objects.get()
    assert "ada invites you to the organisation acme" in read(letter)


def test_mail_that_fails_leaves_the_link_to_the_inviter(
    as_ada: Client, acme: User, mailbox: "smtp.Mailbox"
) -> None:
    mailbox.to_recipient = "550 no"

    answer = as_ada.post(f"{PAGE}/invitations", {"email": "bob@example.org", "role": "viewer"})

    assert "/invitations/" in answer.content.decode()
    assert "No e-mail took it along" in answer.content.decode()


def test_whoever_has_the_link_joins_once_as_what_it_says(acme: User, ada: User, bob: User) -> None:
    path = invited(acme, ada)
    page = html(as_(bob), path)
    assert "Join acme?" in page
    assert "Developer" in page

    joined = as_(bob).post(path, follow=True)

    assert "You are a member of acme now." in joined.content.decode()
    assert membership(bob).role == Role.DEVELOPER
    assert noted("invitation.accepted").actor_name == "bob"
    again = as_(User.objects.create_user("eve")).post(path)
    assert again.status_code == 404
    assert "This invitation opens nothing" in again.content.decode()


def test_who_did_not_sign_in_comes_back_to_the_link(acme: User, ada: User) -> None:
    path = invited(acme, ada)

    page = html(Client(), path)

    assert f"/account/login?next={path}" in page
    Client().post(path)
    assert Invitation.objects.open().exists()


@pytest.mark.parametrize("how", ["revoked", "expired", "renewed", "closed"])
def test_a_link_that_is_over_opens_nothing(
    as_ada: Client, acme: User, ada: User, bob: User, how: str
) -> None:
    path = invited(acme, ada)
    row = Invitation.objects.get()
    if how == "expired":
        Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif how == "closed":
        User.objects.filter(pk=acme.pk).update(is_active=False)
    else:
        act = {"revoked": "revoke", "renewed": "again"}[how]
        as_ada.post(f"{PAGE}/invitations/{row.pk}/{act}")

    assert as_(bob).get(path).status_code == 404
    assert as_(bob).post(path).status_code == 404
    assert not bob.memberships.exists()


def test_who_is_invited_again_has_one_invitation(acme: User, ada: User) -> None:
    first = invited(acme, ada)
    second = invited(acme, ada, Role.ADMIN)

    assert Invitation.objects.get().role == Role.ADMIN
    assert invitations.find(first.rpartition("/")[2]) is None
    assert invitations.find(second.rpartition("/")[2])


def test_a_member_does_not_use_up_an_invitation(as_ada: Client, acme: User, ada: User) -> None:
    path = invited(acme, ada)

    as_ada.post(path)

    assert Invitation.objects.open().exists()
    assert membership(ada).role == Role.ADMIN


def test_nobody_invites_the_whole_world(
    as_ada: Client, acme: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitations, "SENT_A_DAY", 1)
    as_ada.post(f"{PAGE}/invitations", {"email": "a@example.org", "role": "viewer"})

    answer = as_ada.post(f"{PAGE}/invitations", {"email": "b@example.org", "role": "viewer"})

    assert answer.status_code == 429
    assert "You sent 1 invitations today" in answer.content.decode()
    assert Invitation.objects.count() == 1


def test_the_secret_of_a_link_is_in_no_log(
    acme: User, ada: User, caplog: pytest.LogCaptureFixture
) -> None:
    path = invited(acme, ada)

    Client().get(path)

    assert path.rpartition("/")[2] not in caplog.text


def test_the_shown_name_is_changed(as_ada: Client, acme: User) -> None:
    as_ada.post(f"{PAGE}/name", {"shown_name": "Acme Inc."})

    assert User.objects.get(pk=acme.pk).first_name == "Acme Inc."


@pytest.mark.parametrize("count", [1, 20])
def test_pages_take_as_many_queries_for_twenty_as_for_one(
    acme: User, ada: User, count: int, django_assert_max_num_queries: "DjangoAssertNumQueries"
) -> None:
    for number in range(count):
        member(acme, Role.VIEWER, f"m{number}")
        actions.make(ada, name=f"other{number}") if number < 10 else None
        address: dict[str, Any] = {"email": f"{number}@example.org", "role": Role.VIEWER}
        invitations.invite(acme, by=ada, **address)
    client = as_(ada)

    with django_assert_max_num_queries(6):  # session, user, organisation, roles, members, invited
        html(client, PAGE)
    with django_assert_max_num_queries(3):
        html(client, "/account/organizations")


def test_the_api_lists_organisations_and_their_members(
    acme: User, ada: User, token_of: "TokenOf", django_assert_num_queries: "DjangoAssertNumQueries"
) -> None:
    bob = member(acme, Role.VIEWER, "bob")
    client = Client(headers={"Authorization": f"Bearer {token_of(bob)}"})
    client.get("/v1/account")

    with django_assert_num_queries(2):  # token, memberships
        [told] = client.get("/v1/organizations").json()
    with django_assert_num_queries(3):
        members = client.get("/v1/organizations/acme/members").json()

    assert (told["username"], told["role"]) == ("acme", "viewer")
    assert [(each["username"], each["role"]) for each in members] == [
        ("ada", "admin"),
        ("bob", "viewer"),
    ]
    eve = Client(headers={"Authorization": f"Bearer {token_of(User.objects.create_user('eve'))}"})
    assert eve.get("/v1/organizations").json() == []
    assert eve.get("/v1/organizations/acme/members").status_code == 404
    assert eve.get("/v1/organizations/eve/members").status_code == 404
