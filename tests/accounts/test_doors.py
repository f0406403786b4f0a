"""Fifty wrong tries on each door: few are looked at, and what cannot be counted is refused."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth import hashers
from django.db import DatabaseError, connection
from django.test import Client

from accounts import limits
from accounts.models import AuditEvent, LimitCount, User
from tests import smtp
from tests.staff import with_second_factor

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

pytestmark = pytest.mark.django_db
LOGIN = "/account/login"
TRIES = 50


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Each password that was compared with a hash."""
    seen: list[str] = []
    check = hashers.verify_password

    def verify_password(password: str, *rest: Any, **named: Any) -> Any:
        seen.append(password)
        return check(password, *rest, **named)

    monkeypatch.setattr(hashers, "verify_password", verify_password)
    yield seen


def fifty(send: Callable[[], Any]) -> Counter[int]:
    return Counter(send().status_code for _ in range(TRIES))


def sign_in(client: Client, login: str = "ada", password: str = "wrong-password") -> Any:  # noqa: S107
    return client.post(LOGIN, {"login": login, "password": password})


def test_the_page(client: Client, ada: User, compared: list[str]) -> None:
    assert fifty(lambda: sign_in(client)) == {200: 5, 429: 45}

    assert len(compared) == 5
    refused = sign_in(client, password="a-long-password")
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 300
    assert "opens again in 5 minutes" in refused.content.decode()
    assert "_auth_user_id" not in client.session


def test_username_and_address_of_one_account_are_counted_together(ada: User) -> None:
    names = count()

    def send() -> Any:
        return sign_in(Client(), "ada" if next(names) % 2 else "ada@example.org")

    assert fifty(send) == {200: 5, 429: 45}


def test_a_name_that_nobody_has_is_counted_alike(client: Client) -> None:
    assert fifty(lambda: sign_in(client, "nobody-has-this")) == {200: 5, 429: 45}


def test_one_account_from_many_addresses(ada: User) -> None:
    number = count(1)

    def send() -> Any:
        return sign_in(Client(REMOTE_ADDR=f"198.51.100.{next(number)}"))

    assert fifty(send) == {200: 20, 429: 30}


def test_many_accounts_from_one_address(client: Client) -> None:
    number = count(1)

    assert fifty(lambda: sign_in(client, f"user-{next(number)}")) == {200: 30, 429: 20}


def test_an_own_account_does_not_open_the_door_to_others(ada: User, bob: User) -> None:
    def send() -> Any:
        sign_in(Client(), "bob", "a-long-password")
        return sign_in(Client(), "ada")

    assert fifty(send)[200] == 5


def test_a_stranger_locks_out_nobody_who_is_elsewhere(client: Client, ada: User) -> None:
    fifty(lambda: sign_in(client))

    elsewhere = Client(REMOTE_ADDR="198.51.100.7")
    assert sign_in(elsewhere, password="a-long-password").status_code == 302


def test_a_right_password_forgets_the_wrong_ones(client: Client, ada: User) -> None:
    for _ in range(4):
        sign_in(client)
        sign_in(Client(), password="a-long-password")

    assert sign_in(client).status_code == 200


def test_a_header_that_a_client_writes_changes_nothing(ada: User) -> None:
    number = count(1)

    def send() -> Any:
        forged = f"203.0.113.{next(number)}"
        client = Client(headers={"X-Forwarded-For": forged, "Forwarded": f"for={forged}"})
        return sign_in(client)

    assert fifty(send) == {200: 5, 429: 45}


def test_the_admin(client: Client, compared: list[str]) -> None:
    User.objects.create_superuser("root", password="a-long-password")

    def send() -> Any:
        return client.post("/admin/login/", {"username": "root", "password": "wrong-password"})

    assert fifty(send) == {302: TRIES}
    assert compared == []
    assert fifty(lambda: sign_in(client, "root")) == {200: 5, 429: 45}


def test_the_code_of_the_second_factor(client: Client, ada: User) -> None:
    with_second_factor(ada)
    sign_in(client, password="a-long-password")

    def send() -> Any:
        return client.post("/account/second-factor/code", {"code": "000000"})

    assert fifty(send) == {200: 5, 429: 45}


@pytest.mark.parametrize("door", ["/account/sure", "/account/password"])
def test_the_password_that_somebody_in_a_session_is_asked_for(ada: User, door: str) -> None:
    client = Client()
    client.force_login(ada)
    fields = {"password": "x", "oldpassword": "x", "password1": "seven-tall-ships"}

    assert fifty(lambda: client.post(door, fields)) == {200: 5, 429: 45}


def test_a_lost_password(client: Client, ada: User, mailbox: smtp.Mailbox) -> None:
    def send() -> Any:
        return client.post("/account/password/lost", {"email": "ada@example.org"})

    assert fifty(send) == {302: 10, 429: 40}
    assert len(mailbox.letters) == 10


def test_the_link_of_a_lost_password(client: Client, ada: User) -> None:
    number = count(1)

    def send() -> Any:
        return client.get(f"/account/password/lost/1-cvx{next(number):03}-{'0' * 32}")

    assert fifty(send) == {200: TRIES}  # nothing to guess: 128 bits, signed
    assert "_auth_user_id" not in client.session


def test_signing_up(client: Client) -> None:
    assert fifty(lambda: client.post("/account/signup", {"username": "x"})) == {200: 20, 429: 30}


def test_a_passkey(client: Client) -> None:
    def send() -> Any:
        return client.post("/account/login/key", {"credential": '{"id": "1"}'})

    assert fifty(send) == {302: 30, 429: 20}


def test_a_made_up_token_opens_nothing_and_a_wrong_one_costs_no_query(
    client: Client, ada: User, django_assert_num_queries: Any
) -> None:
    headers = {"Authorization": "Bearer slip_" + "0" * 36}

    with django_assert_num_queries(0):
        assert fifty(lambda: client.get("/v1/account", headers=headers)) == {401: TRIES}


def test_the_end_of_a_door_is_noted_once(client: Client, ada: User) -> None:
    fifty(lambda: sign_in(client))

    events = AuditEvent.objects.filter(what="door.closed")
    assert [(event.about_name, event.after) for event in events] == [("ada", {"door": "password"})]
    assert events[0].is_refused


def test_what_cannot_be_counted_is_refused(
    client: Client, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise DatabaseError("the disk is full")

    monkeypatch.setattr(limits, "_first", broken)

    assert sign_in(client, password="a-long-password").status_code == 503
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db(transaction=True)
def test_of_fifty_at_once_no_more_are_looked_at_than_of_fifty_in_turn(
    ada: User, compared: list[str], settings: "SettingsWrapper"
) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("the tests' SQLite lies in memory, which threads take turns in")

    def send(_: int) -> int:
        try:
            return int(sign_in(Client()).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        answers = Counter(pool.map(send, range(TRIES)))

    assert answers == {200: 5, 429: 45}
    assert len(compared) == 5
    assert LimitCount.objects.count() == 3
