"""Where one is signed in: the list, ending, and what ends by itself."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.utils import timezone

from accounts import browsers, sessions
from accounts.models import User
from accounts.session_store import key_of_row

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
LIST = "/account/sessions"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0"


def signed_in(user_agent: str = FIREFOX, login: str = "ada") -> Client:
    client = Client(headers={"User-Agent": user_agent})
    client.post("/account/login", {"login": login, "password": "a-long-password"})
    return client


def is_in(client: Client) -> bool:
    return client.get("/account").status_code == 200


def test_the_list_names_browsers_and_marks_the_one_that_looks(ada: User) -> None:
    here = signed_in()
    signed_in("python-requests/2.32")

    rows = here.get(LIST).context["sessions"]

    assert [(row["browser"], row["is_this"]) for row in rows] == [
        ("python-requests", False),
        ("Firefox on Linux", True),
    ]


def test_one_is_ended_and_the_others_go_on(ada: User) -> None:
    here, lost, other = signed_in(), signed_in(), signed_in()
    row = UserSession.objects.get(session_key=key_of_row(lost.session.session_key))

    here.post(f"{LIST}/{row.pk}/end")

    assert (is_in(here), is_in(lost), is_in(other)) == (True, False, True)


def test_all_others_are_ended_at_once(ada: User, bob: User) -> None:
    here, lost, of_bob = signed_in(), signed_in(), signed_in(login="bob")

    here.post(LIST)

    assert (is_in(here), is_in(lost), is_in(of_bob)) == (True, False, True)
    assert len(here.get(LIST).context["sessions"]) == 1


def test_ending_this_one_signs_out(ada: User) -> None:
    here = signed_in()

    here.post(f"{LIST}/{UserSession.objects.get().pk}/end")

    assert not is_in(here)


def test_a_session_of_somebody_else_does_not_exist(ada: User, bob: User) -> None:
    here, of_bob = signed_in(), signed_in(login="bob")
    row = UserSession.objects.get(user=bob)

    assert here.post(f"{LIST}/{row.pk}/end").status_code == 404
    assert is_in(of_bob)


def test_a_new_password_ends_all_other_sessions(ada: User) -> None:
    here, lost = signed_in(), signed_in()
    fields = {"oldpassword": "a-long-password", "password1": "seven-tall-ships"}

    response = here.post("/account/password", fields)

    assert response.status_code == 302
    assert (is_in(here), is_in(lost)) == (True, False)
    assert len(here.get(LIST).context["sessions"]) == 1


def test_a_session_ends_thirty_days_after_it_began(ada: User) -> None:
    here = signed_in()
    session = here.session
    session[sessions.BEGAN] -= 31 * 86_400
    session.save()

    here.get("/account")

    assert not is_in(here)


def test_when_it_was_seen_is_written_once_an_hour(
    ada: User, django_assert_num_queries: "DjangoAssertNumQueries"
) -> None:
    here = signed_in()
    long_ago = timezone.now() - timedelta(hours=2)
    UserSession.objects.update(last_seen_at=long_ago)
    here.get("/account")
    assert UserSession.objects.get().last_seen_at == long_ago
    session = here.session
    session[sessions.SEEN] -= 7200
    session.save()

    here.get("/account")

    assert UserSession.objects.get().last_seen_at > long_ago
    with django_assert_num_queries(2):  # the session and its user, as ever
        here.get("/account")


def test_many_sessions_are_listed_by_four_queries(
    ada: User, django_assert_num_queries: "DjangoAssertNumQueries"
) -> None:
    for _ in range(5):
        here = signed_in()

    with django_assert_num_queries(4):
        assert len(here.get(LIST).context["sessions"]) == 5


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (FIREFOX, "Firefox on Linux"),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko)"
            " Chrome/139.0.0.0 Safari/537.36 Edg/139.0",
            "Edge on macOS",
        ),
        (
            "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/139.0 Mobile Safari/537.36",
            "Chrome on Android",
        ),
        ("curl/8.0", "curl"),
        ("", "An unknown program"),
    ],
)
def test_a_browser_is_called_as_people_call_it(said: str, name: str) -> None:
    assert browsers.named(said) == name
