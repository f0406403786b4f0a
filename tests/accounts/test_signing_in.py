"""The door: who comes in by what, and who is kept out."""

from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as configured
from django.contrib.auth.hashers import get_hasher
from django.test import Client

from accounts.models import User
from config import settings as read_settings
from tests import smtp

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries
    from pytest_django.fixtures import SettingsWrapper

pytestmark = pytest.mark.django_db
PAGE = "/account/login"


def sign_in(client: Client, login: str = "ada", password: str = "a-long-password") -> Any:  # noqa: S107
    return client.post(PAGE, {"login": login, "password": password})


@pytest.mark.parametrize("login", ["ada", "ADA", "ada@example.org", " Ada@Example.org "])
def test_username_and_address_open_in_any_case(client: Client, ada: User, login: str) -> None:
    assert sign_in(client, login)["Location"] == "/"


def test_whom_an_administrator_made_comes_in_without_confirming_an_address(
    client: Client, ada: User, mailbox: smtp.Mailbox
) -> None:
    User.objects.create_user("root", password="a-long-password")

    assert sign_in(client, "root")["Location"] == "/"
    assert sign_in(Client(), "ada")["Location"] == "/"
    assert mailbox.letters == []


def test_a_name_that_nobody_has_is_answered_as_a_wrong_password(client: Client, ada: User) -> None:
    answers = [
        sign_in(client, login, "wrong").context["form"].non_field_errors()
        for login in ("ada", "nobody-has-this")
    ]

    assert answers == [["This name and this password do not go together."]] * 2


def test_a_closed_account_says_so_only_to_whoever_knows_its_password(
    client: Client, ada: User
) -> None:
    ada.is_active = False
    ada.save()

    assert sign_in(client)["Location"] == "/account/closed"
    assert sign_in(client, password="wrong").status_code == 200
    assert client.get("/account").status_code == 302


def test_an_organisation_never_signs_in(client: Client) -> None:
    acme = User.objects.create(username="acme", kind="organization")
    acme.set_password("a-long-password")
    acme.save()

    assert sign_in(client, "acme")["Location"] == "/account/closed"
    assert client.get("/account").status_code == 302


def test_passwords_are_hashed_by_argon2id(settings: "SettingsWrapper") -> None:
    settings.PASSWORD_HASHERS = read_settings.PASSWORD_HASHERS

    assert get_hasher().encode("seven-tall-ships", "a" * 16).startswith("argon2$argon2id$")


def test_a_new_session_is_begun_at_signing_in(client: Client, ada: User) -> None:
    client.get("/account/signup")
    before = client.session.session_key

    sign_in(client)

    assert client.session.session_key not in (None, before)


def test_every_page_of_an_account_leads_to_the_door(client: Client) -> None:
    for path in ("", "/email", "/password", "/sessions", "/tokens"):
        assert client.get(f"/account{path}")["Location"] == f"{PAGE}?next=/account{path}"


def test_readers_without_a_session_cost_no_query_for_it(
    client: Client, django_assert_num_queries: "DjangoAssertNumQueries"
) -> None:
    with django_assert_num_queries(0):
        response = client.get(PAGE)

    assert response.status_code == 200
    assert configured.SESSION_COOKIE_NAME not in response.cookies
