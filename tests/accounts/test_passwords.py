"""Losing a password and getting another, and the addresses that this goes to."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from accounts.models import User
from tests import smtp

from .conftest import code_in, read

pytestmark = pytest.mark.django_db
LOST, ADDRESSES = "/account/password/lost", "/account/email"
FIRST, NEW = "/account/password/first", "seven-tall-ships"


def test_a_lost_password_is_set_anew_by_the_link_that_was_sent(
    client: Client, ada: User, mailbox: smtp.Mailbox
) -> None:
    before = Client()
    before.post("/account/login", {"login": "ada", "password": "a-long-password"})
    client.post(LOST, {"email": "ada@example.org"})
    found = re.search(
        r"http://127.0.0.1:8000(/account/password/lost/\S+)", read(mailbox.letters[0])
    )
    assert found
    form = client.get(found[1])["Location"]

    client.post(form, {"password1": "seven-tall-ships"})

    ada.refresh_from_db()
    assert ada.check_password("seven-tall-ships")
    assert before.get("/account").status_code == 302
    assert "opens nothing any more" in Client().get(found[1]).content.decode()


def test_the_link_of_a_lost_password_stands_in_no_log(
    client: Client, capfd: pytest.CaptureFixture[str]
) -> None:
    client.get(f"{LOST}/2-dim8pn-b97b029bb55e5ceacf7be6216220eb6d")

    said = capfd.readouterr().err
    assert "/account/password/lost/..." in said
    assert "b97b029b" not in said


def test_the_page_of_a_lost_password_answers_alike_for_all_addresses(
    client: Client, ada: User, mailbox: smtp.Mailbox
) -> None:
    answers = [
        client.post(LOST, {"email": address})["Location"]
        for address in ("ada@example.org", "nobody@example.org")
    ]

    assert answers == ["/account/password/lost/sent"] * 2
    assert "There is none" in read(mailbox.letters[1])


def test_an_organisation_gets_no_password_by_its_address(
    client: Client, mailbox: smtp.Mailbox
) -> None:
    User.objects.create(username="acme", email="acme@example.org", kind="organization")

    client.post(LOST, {"email": "acme@example.org"})

    assert "There is none" in read(mailbox.letters[0])


def test_without_mail_the_page_says_who_can_set_it(client: Client) -> None:
    page = client.get(LOST).content.decode()

    assert "EMAIL_URL" in page
    assert "manage.py changepassword" in page


def test_mail_that_cannot_be_sent_is_told_and_breaks_nothing(
    client: Client, ada: User, mailbox: smtp.Mailbox
) -> None:
    mailbox.to_recipient = "550 no"

    page = client.post(LOST, {"email": "ada@example.org"}, follow=True).content.decode()

    assert "could not be sent just now" in page


def test_an_address_is_added_by_its_code_and_made_the_first(
    client: Client, ada: User, mailbox: smtp.Mailbox
) -> None:
    client.post("/account/login", {"login": "ada", "password": "a-long-password"})
    again = client.post(ADDRESSES, {"email": "ada@example.com", "action_add": ""})["Location"]
    client.post(again, {"password": "a-long-password", "next": ADDRESSES})
    client.post(ADDRESSES, {"email": "ada@example.com", "action_add": ""})

    client.post("/account/email/code", {"code": code_in(mailbox.letters[-1])})
    client.post(ADDRESSES, {"email": "ada@example.com", "action_primary": ""})

    ada.refresh_from_db()
    assert ada.email == "ada@example.com"
    assert EmailAddress.objects.get(email="ada@example.com").verified


def test_a_step_that_could_lock_out_asks_for_the_password_again(client: Client, ada: User) -> None:
    client.force_login(ada)

    response = client.post(ADDRESSES, {"email": "mallory@example.com", "action_add": ""})

    assert response["Location"].startswith("/account/sure?")
    assert not EmailAddress.objects.filter(email="mallory@example.com").exists()


def test_whoever_has_no_password_sets_a_first_one(client: Client, ada: User) -> None:
    """As after coming by another service."""
    ada.set_unusable_password()
    ada.save()
    client.force_login(ada)

    done = client.post(FIRST, {"password1": NEW, "password2": NEW})

    ada.refresh_from_db()
    assert done.status_code == 302
    assert ada.check_password(NEW)
    assert client.get("/account").status_code == 200


def test_whoever_has_a_password_sets_no_first_one(client: Client, ada: User) -> None:
    """Which would be another one, without the old."""
    client.force_login(ada)

    client.post(FIRST, {"password1": NEW, "password2": NEW})

    ada.refresh_from_db()
    assert not ada.check_password(NEW)
