"""Making an account: what it takes with and without e-mail, and what nobody is told."""

from typing import TYPE_CHECKING, Any

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError
from django.test import Client

from accounts.adapter import AccountAdapter
from accounts.models import User
from tests import smtp

from .conftest import code_in, read

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

pytestmark = pytest.mark.django_db
PAGE, CODE = "/account/signup", "/account/email/code"
GRACE = {"username": "grace", "email": "grace@example.org", "password1": "seven-tall-ships"}


def sign_up(client: Client, **changed: str) -> Any:
    return client.post(PAGE, {**GRACE, **changed})


def test_without_mail_an_account_can_be_used_at_once(client: Client) -> None:
    response = sign_up(client)

    assert response["Location"] == "/"
    assert ">grace</summary>" in client.get("/account").content.decode()


def test_with_mail_an_account_is_entered_with_the_code_that_was_sent(
    client: Client, mailbox: smtp.Mailbox
) -> None:
    assert sign_up(client)["Location"] == CODE
    assert client.get("/account").status_code == 302

    response = client.post(CODE, {"code": code_in(mailbox.letters[0])})

    assert response["Location"] == "/"
    assert client.get("/account").status_code == 200
    assert EmailAddress.objects.get().verified
    assert mailbox.recipients == ["grace@example.org"]


def test_whoever_lost_the_page_of_the_code_gets_another_by_signing_in(
    client: Client, mailbox: smtp.Mailbox, settings: "SettingsWrapper"
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"confirm_email": None}
    sign_up(client)
    later = Client()

    response = later.post("/account/login", {"login": "grace", "password": GRACE["password1"]})

    assert response["Location"] == CODE
    assert later.post(CODE, {"code": code_in(mailbox.letters[-1])})["Location"] == "/"


def test_a_wrong_code_is_refused_and_the_third_ends_it(
    client: Client, mailbox: smtp.Mailbox
) -> None:
    sign_up(client)

    codes = [client.post(CODE, {"code": "WRNG-CODE"}).status_code for _ in range(3)]

    assert codes == [200, 200, 302]
    client.post(CODE, {"code": code_in(mailbox.letters[0])})
    assert client.get("/account").status_code == 302


def test_nobody_is_told_that_an_address_has_an_account_but_its_owner(
    client: Client, ada: User, mailbox: smtp.Mailbox
) -> None:
    free = sign_up(Client())

    taken = sign_up(client, username="mallory", email="ada@example.org")

    assert (taken.status_code, taken["Location"]) == (free.status_code, free["Location"])
    assert client.get(CODE).status_code == 200
    assert not User.objects.filter(username="mallory").exists()
    assert "which has one" in read(mailbox.letters[-1])


def test_without_mail_an_address_that_somebody_has_tells_nothing_either(
    client: Client, ada: User
) -> None:
    assert sign_up(client, email="ada@example.org")["Location"] == "/"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("username", "a b", "Use 2 to 39 letters"),
        ("username", "-grace", "Use 2 to 39 letters"),
        ("username", "gra--ce", "Use 2 to 39 letters"),
        ("username", "grace/hopper", "Use 2 to 39 letters"),
        ("username", "gräce", "Use 2 to 39 letters"),
        ("username", "a" * 40, "Use 2 to 39 letters"),
        ("username", "Admin", "This name is taken"),
        ("username", "ADA", "This name is taken"),
        ("email", "grace", "Enter a valid email address"),
        ("password1", "short", "at least 12 characters"),
        ("password1", "password1234", "too common"),
        ("password1", "x" * 129, "at most 128 characters"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    client: Client, ada: User, field: str, value: str, said: str
) -> None:
    response = sign_up(client, **{field: value})

    assert said in " ".join(response.context["form"].errors[field])
    assert User.objects.count() == 1


def test_of_two_who_want_one_name_at_once_the_second_is_told(
    client: Client, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AccountAdapter, "clean_username", lambda _self, name, **_: name)

    response = client.post(PAGE, {**GRACE, "username": "ADA"}, follow=True)

    assert "This name is taken" in response.content.decode()
    assert User.objects.count() == 1


def test_no_two_names_differ_in_case_only(ada: User) -> None:
    with pytest.raises(IntegrityError, match="username"):
        User.objects.create_user("Ada")


def test_nobody_signs_up_with_the_name_of_a_publisher(client: Client) -> None:
    from catalog.models import Publisher  # noqa: PLC0415

    Publisher.objects.create(slug="Meta", key="meta")

    assert "This name is taken" in sign_up(client, username="meta").content.decode()


def test_where_sign_up_is_closed_the_page_says_who_makes_accounts(
    client: Client, settings: "SettingsWrapper"
) -> None:
    settings.SIGN_UP = "closed"

    assert "SIGN_UP=open" in client.get(PAGE).content.decode()
    sign_up(client)

    assert not User.objects.exists()
    assert PAGE not in client.get("/account/login").content.decode()


def test_sign_up_can_be_for_some_domains_only(client: Client, settings: "SettingsWrapper") -> None:
    settings.SIGN_UP_DOMAINS = ["example.com"]

    for address in ("grace@example.org", "grace@sub.example.com", "grace@notexample.com"):
        assert "address at example.com" in sign_up(client, email=address).content.decode()
    assert sign_up(client, email="grace@Example.com").status_code == 302
