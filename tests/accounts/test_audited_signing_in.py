"""What stands in the audit log of people coming, going, failing, and changing what opens."""

import pytest
from django.test import Client

from accounts.models import AuditEvent, User
from tests.staff import with_second_factor

pytestmark = pytest.mark.django_db
LOGIN = "/account/login"


def noted() -> list[tuple[str, str, bool]]:
    events = AuditEvent.objects.order_by("pk")
    return [(event.what, event.about_name, event.is_refused) for event in events]


def test_coming_and_going_are_noted(client: Client, ada: User) -> None:
    client.post(LOGIN, {"login": "ada@example.org", "password": "a-long-password"})
    client.post("/account/logout")

    assert noted() == [("session.begun", "ada", False), ("session.ended", "ada", False)]
    assert {event.actor_name for event in AuditEvent.objects.all()} == {"ada"}
    assert {event.address for event in AuditEvent.objects.all()} == {"127.0.0.1"}


def test_who_failed_is_noted_by_account_and_never_by_what_was_typed(
    client: Client, ada: User
) -> None:
    client.post(LOGIN, {"login": "ada", "password": "wrong-password"})
    client.post(LOGIN, {"login": "my-password-in-the-wrong-field", "password": "x"})

    assert noted() == [("session.refused", "ada", True), ("session.refused", "", True)]
    kept = str(list(AuditEvent.objects.values()))
    assert "wrong" not in kept


def test_a_wrong_code_is_noted(client: Client, ada: User) -> None:
    with_second_factor(ada)
    client.post(LOGIN, {"login": "ada", "password": "a-long-password"})

    client.post("/account/second-factor/code", {"code": "12"})

    assert noted() == [("second_factor.refused", "ada", True)]


def test_another_password_is_noted_with_the_sessions_that_it_ended(
    client: Client, ada: User
) -> None:
    for one in (Client(), client):
        one.post(LOGIN, {"login": "ada", "password": "a-long-password"})

    passwords = {"oldpassword": "a-long-password", "password1": "seven-tall-ships"}
    client.post("/account/password", passwords)

    assert [what for what, *_rest in noted()[2:]] == ["session.ended", "password.changed"]
    assert "seven" not in str(list(AuditEvent.objects.values()))
