"""The audit log over the API: all that the admin shows, for administrators and nobody else."""

from typing import Any

import pytest
from django.test import Client

from accounts import audit, tokens
from accounts.models import AuditEvent, Membership, User
from tests.staff import at_the_desk, with_second_factor

pytestmark = pytest.mark.django_db
AUDIT = "/v1/audit"


@pytest.fixture
def root(db: None) -> User:
    return with_second_factor(User.objects.create_superuser("root", "root@example.org"))


def ask(user: User, *scopes: str, **query: str) -> Any:
    _token, text = tokens.make(user, name="desk", scopes=list(scopes or ["audit:read"]))
    return Client(headers={"Authorization": f"Bearer {text}"}).get(AUDIT, query)


def test_an_administrator_reads_what_was_done(root: User, ada: User) -> None:
    audit.note("token.revoked", about=ada, before={"a": 1}, after={"a": None}, by=ada)

    event = ask(root, what="token.revoked").json()["results"][0]

    kept = AuditEvent.objects.get(what="token.revoked")
    assert (event["id"], event["actor"], event["about"]) == (kept.pk, "ada", "ada")
    assert (event["before"], event["after"]) == ({"a": 1}, {"a": None})
    assert (event["token"], event["address"], event["is_refused"]) == (None, None, False)


def test_it_comes_in_pages_the_newest_first(root: User) -> None:
    for number in range(5):
        audit.note(f"thing.done{number}")

    first = ask(root, what="thing.", limit="2").json()
    second = Client(headers={"Authorization": _of(root)}).get(first["next"]).json()

    told = [event["what"] for page in (first, second) for event in page["results"]]
    assert told == [f"thing.done{number}" for number in (4, 3, 2, 1)]


def _of(user: User) -> str:
    return f"Bearer {tokens.make(user, name='desk', scopes=['all'])[1]}"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"actor": "ada"}, ["a.done"]),
        ({"about": "ada"}, ["b.refused"]),
        ({"is_refused": "true"}, ["b.refused"]),
        ({"is_refused": "false"}, ["a.done"]),
        ({"what": "a."}, ["a.done"]),
        ({"token": "slip_"}, []),
        ({"address": "203.0.113.7"}, []),
        ({"request_id": "none"}, []),
        ({"until": "2000-01-01T00:00:00Z"}, []),
    ],
    ids=str,
)
def test_it_is_narrowed(root: User, ada: User, query: dict[str, str], found: list[str]) -> None:
    _token, text = tokens.make(root, name="desk", scopes=["all"])
    long_ago = AuditEvent.objects.latest("pk").pk
    audit.note("a.done", by=ada)
    audit.note("b.refused", about=ada, is_refused=True)

    answer = Client(headers={"Authorization": f"Bearer {text}"}).get(AUDIT, query)

    events = answer.json()["results"]
    assert [one["what"] for one in events if one["id"] > long_ago] == found


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("is_refused", "maybe"),
        ("since", "yesterday"),
        ("limit", "0"),
        ("cursor", "x"),
        ("who", "x"),
    ],
)
def test_a_wrong_parameter_is_named(root: User, name: str, value: str) -> None:
    answer = ask(root, **{name: value})

    assert answer.status_code == 400
    assert [wrong["field"] for wrong in answer.json()["errors"]] == [name]


def test_nobody_else_reads_it(root: User, ada: User) -> None:
    staff = with_second_factor(User.objects.create_user("cora", is_staff=True))
    alone = User.objects.create_superuser("alone")

    assert Client().get(AUDIT).status_code == 401
    for person in (ada, staff, alone):
        assert ask(person, "all").status_code == 403
    answer = ask(root, "models:read")
    assert (answer.status_code, "audit:read" in answer.json()["detail"]) == (403, True)
    organization = User.objects.create(username="acme", kind=User.Kind.ORGANIZATION)
    Membership.objects.create(organization=organization, user=root, role="admin")
    _token, text = tokens.make(root, name="ci", scopes=["all"], organization=organization)
    limited = Client(headers={"Authorization": f"Bearer {text}"})
    assert limited.get(AUDIT).status_code == 403


def test_a_session_reads_it_with_its_second_factor_alone(root: User) -> None:
    without = Client()
    without.force_login(User.objects.create_superuser("alone"))

    assert without.get(AUDIT).status_code == 403
    other = User.objects.create_superuser("other")
    assert at_the_desk(other).get(AUDIT).status_code == 200
