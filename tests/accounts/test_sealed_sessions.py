"""Rows of sessions: nobody who reads the database learns what is in one, or gets into it."""

from importlib import import_module
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from allauth.usersessions.models import UserSession
from asgiref.sync import async_to_sync
from django.apps import apps
from django.conf import settings as configured
from django.contrib.sessions.backends import db as readable
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts import session_store, tasks
from accounts.models import User
from config import sealing
from tests.copies import everything_in_the_database

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
COOKIE = configured.SESSION_COOKIE_NAME
OLD, NEW = "old" * 20, "new" * 20


def signed_in() -> Client:
    client = Client()
    client.post("/account/login", {"login": "ada", "password": "a-long-password"})
    return client


def with_cookie(value: str) -> Client:
    client = Client()
    client.cookies[COOKIE] = value
    return client


def is_in(client: Client) -> bool:
    return client.get("/account").status_code == 200


def test_the_secret_of_an_app_that_is_being_set_up_cannot_be_read(ada: User) -> None:
    client = signed_in()

    page = client.get("/account/second-factor/app")

    secret = page.context["form"].secret
    assert client.session["mfa.totp.secret"] == secret
    assert secret not in everything_in_the_database()
    assert all(map(sealing.is_sealed, Session.objects.values_list("session_data", flat=True)))


def test_what_a_cookie_holds_stands_nowhere_in_the_database(ada: User) -> None:
    client = signed_in()

    assert client.cookies[COOKIE].value not in everything_in_the_database()
    assert UserSession.objects.get().session_key == Session.objects.get().session_key


def test_what_the_database_holds_is_no_cookie(ada: User) -> None:
    signed_in()

    assert not is_in(with_cookie(Session.objects.get().session_key))


def test_an_exchange_of_keys_ends_no_session(settings: Settings, ada: User) -> None:
    settings.SEALING_KEYS = [OLD]
    client = signed_in()
    settings.SEALING_KEYS = [NEW, OLD]
    assert is_in(client)

    call_command("reseal", stdout=StringIO())

    settings.SEALING_KEYS = [NEW]
    assert is_in(client)


def test_a_row_that_no_key_opens_is_an_empty_session(settings: Settings, ada: User) -> None:
    client = signed_in()

    settings.SEALING_KEYS = [NEW]

    response = client.get("/account")
    assert response.status_code == 302
    assert client.cookies[COOKIE].value == ""
    assert is_in(signed_in())


@pytest.mark.parametrize("data", ["", "sealed:", "sealed:gAAAA", "nonsense"])
def test_a_row_that_holds_nonsense_is_an_empty_session(ada: User, data: str) -> None:
    client = signed_in()
    Session.objects.update(session_data=data)

    assert client.get("/account").status_code == 302


def test_a_session_of_before_has_ended(ada: User) -> None:
    """Its key stood readable in every copy of the database."""
    old = readable.SessionStore()
    old["_auth_user_id"] = str(ada.pk)
    old.create()
    assert not is_in(with_cookie(str(old.session_key)))

    import_module("accounts.migrations.0012_seal_sessions").end_all(apps, None)

    assert not Session.objects.exists()


def test_what_ran_out_is_deleted(ada: User) -> None:
    client = signed_in()
    Session.objects.update(expire_date=timezone.now())
    kept = signed_in()

    tasks.forget_sessions()

    assert (is_in(client), is_in(kept)) == (False, True)
    assert Session.objects.count() == UserSession.objects.count() == 1


def test_ways_for_asynchronous_views_lead_to_the_same_row() -> None:
    async def through() -> tuple[str, object]:
        first = session_store.SessionStore()
        await first.aset("said", "yes")
        await first.asave()
        second = session_store.SessionStore(first.session_key)
        return str(second.session_key), await second.aget("said")

    key, said = async_to_sync(through)()

    assert said == "yes"
    assert Session.objects.get().session_key == session_store.key_of_row(key)


def test_a_page_costs_the_same_queries_as_ever(
    ada: User, django_assert_num_queries: "DjangoAssertNumQueries"
) -> None:
    client = signed_in()

    with django_assert_num_queries(2):  # the session and its user
        client.get("/account")
