"""Limits of reading: who is counted how, what is told, and what is never counted."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import caches
from django.test import Client
from pytest_django.fixtures import Settings

from accounts import counters, rates, tokens
from accounts.models import User
from tests import servers

from .conftest import TokenOf

pytestmark = pytest.mark.django_db
WINDOW = 900_000  # seconds; none ends while a test runs


@pytest.fixture(autouse=True)
def anew(settings: Settings) -> Iterator[None]:
    settings.LIMIT_PER_ADDRESS, settings.LIMIT_PER_USER = (3, WINDOW), (5, WINDOW)
    settings.TRUSTED_PROXY_HOPS = 1
    rates.forget()
    yield
    rates.forget()


def ask(client: Client, *, by: str = "203.0.113.7", token: str = "", path: str = "") -> int:
    headers = {"X-Forwarded-For": by, **({"Authorization": f"Bearer {token}"} if token else {})}
    return int(client.get(path or "/v1/collections", headers=headers).status_code)


def test_an_address_may_send_so_many_and_is_told_where_it_stands(client: Client) -> None:
    response = client.get("/v1/collections")

    assert response["RateLimit-Policy"] == f'"per-address";q=3;w={WINDOW}'
    told = re.fullmatch(r'"per-address";r=2;t=(\d+)', response["RateLimit"])
    assert told and 0 < int(told.group(1)) <= WINDOW
    assert "RateLimit, RateLimit-Policy, Retry-After" in response["Access-Control-Expose-Headers"]


def test_one_more_is_refused_with_all_that_a_program_needs(client: Client) -> None:
    for _ in range(3):
        client.get("/v1/collections")

    response = client.get("/v1/collections")

    problem = response.json()
    assert response.status_code == problem["status"] == 429
    assert response["Content-Type"] == "application/problem+json"
    assert 0 < int(response["Retry-After"]) <= WINDOW
    assert "r=0;t=" in response["RateLimit"]
    limit = problem["limit"]
    assert (limit["name"], limit["unit"]) == ("per-address", "requests")
    assert (limit["most"], limit["used"]) == (3, 3)
    assert limit["resets_at"].endswith("Z")
    assert "send a token" in problem["detail"]
    assert "no-store" in response["Cache-Control"]


def test_a_page_says_it_in_a_sentence(client: Client) -> None:
    for _ in range(3):
        client.get("/collections")

    response = client.get("/collections")

    assert response.status_code == 429
    assert "Your address sent more than 3 requests" in response.content.decode()
    assert int(response["Retry-After"]) > 0
    assert "RateLimit" not in response


def test_each_address_counts_by_itself_and_a_network_of_ipv6_as_one(client: Client) -> None:
    for _ in range(4):
        ask(client, by="203.0.113.7")

    assert ask(client, by="203.0.113.7") == 429
    assert ask(client, by="203.0.113.8") == 200
    hosts = [ask(client, by=f"2001:db8::{number}") for number in range(1, 5)]
    assert hosts == [200, 200, 200, 429]
    assert ask(client, by="2001:db8:0:1::1") == 200


def test_a_forged_header_opens_nothing(client: Client, settings: Settings) -> None:
    settings.TRUSTED_PROXY_HOPS = 0

    answers = [ask(client, by=f"203.0.113.{number}") for number in range(1, 6)]

    assert answers == [200, 200, 200, 429, 429]


def test_who_proved_who_they_are_has_a_limit_of_their_own(
    client: Client, ada: User, token_of: TokenOf
) -> None:
    token = token_of(ada)
    first = ask(client, token=token, path="/v1/account")  # proves it, and counts by the address

    answers = [ask(client, token=token, by=f"198.51.100.{n}") for n in range(1, 7)]

    assert first == 200
    assert answers == [200] * 5 + [429]
    assert ask(client) == 200  # the address has two left


def test_a_made_up_token_for_each_request_counts_by_the_address(client: Client) -> None:
    answers = [ask(client, token=tokens.new_text()) for _ in range(5)]

    assert answers == [200, 200, 200, 429, 429]


def test_a_wrong_token_counts_by_the_address_too(client: Client) -> None:
    answers = [ask(client, token=tokens.new_text(), path="/v1/account") for _ in range(5)]

    assert answers == [401, 401, 401, 429, 429]


def test_a_revoked_token_is_nobody_from_its_first_refusal_on(
    client: Client, ada: User, token_of: TokenOf
) -> None:
    token = token_of(ada)
    ask(client, token=token, path="/v1/account")
    tokens.revoke(ada.tokens.get())
    ask(client, token=token, path="/v1/account")  # still counted as hers

    answers = [ask(client, token=token) for _ in range(3)]

    assert answers == [200, 200, 429]  # the address had one already


def test_somebody_who_signed_in_counts_by_their_account(as_ada: Client) -> None:
    as_ada.get("/account/tokens")

    answers = [ask(as_ada, by=f"198.51.100.{n}", path="/account/tokens") for n in range(6)]

    assert answers == [200] * 5 + [429]


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_machines_that_watch_are_never_refused(client: Client, path: str) -> None:
    assert {ask(client, path=path) for _ in range(6)} == {200}


def test_no_limit_is_no_header(client: Client, settings: Settings) -> None:
    settings.LIMIT_PER_ADDRESS = None

    response = client.get("/v1/collections")

    assert "RateLimit" not in response


def test_counting_asks_the_database_nothing(
    client: Client, django_assert_num_queries: "object", settings: Settings
) -> None:
    caches["parts"].clear()
    for _ in range(3):
        ask(client)

    with django_assert_num_queries(0):  # type: ignore[operator]
        assert ask(client) == 429


def test_of_many_at_once_in_one_process_so_many_get_through() -> None:
    counter = counters.InMemory()

    with ThreadPoolExecutor(20) as pool:
        found = list(pool.map(lambda _: counter.count("key", WINDOW), range(200)))

    assert sorted(one[0] for one in found if one) == [*range(1, 201)]


def test_of_many_at_once_in_redis_so_many_get_through(redis_url: str) -> None:
    processes = [counters.InRedis(redis_url) for _ in range(4)]

    with ThreadPoolExecutor(20) as pool:
        found = list(pool.map(lambda n: processes[n % 4].count("key", WINDOW), range(200)))

    assert sorted(one[0] for one in found if one) == [*range(1, 201)]
    assert all(one and 0 < one[1] <= WINDOW for one in found)


def test_while_redis_is_away_each_process_counts_for_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(counters, "PAUSE", 0.0)
    port = servers.free_port()
    here, there = (counters.InRedis(f"redis://127.0.0.1:{port}/0") for _ in range(2))

    def used(counter: counters.InRedis) -> int:
        found = counter.count("key", WINDOW)
        assert found
        return found[0]

    with servers.redis(port):
        assert [used(here), used(there), used(here)] == [1, 2, 3]
    assert [used(here), used(there), used(here)] == [1, 1, 2]
    with servers.redis(port):
        assert [used(there), used(here)] == [1, 2]


def test_a_limit_holds_while_redis_is_away(client: Client, settings: Settings) -> None:
    settings.RATES_URL = "redis://127.0.0.1:1/0"

    assert [ask(client) for _ in range(5)] == [200, 200, 200, 429, 429]


def test_what_is_no_window_any_more_takes_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counters, "MOST_KEYS", 2)
    counter = counters.InMemory()

    found = [counter.count(key, WINDOW) for key in ("a", "b", "c", "a")]

    assert [one and one[0] for one in found] == [1, 1, None, 2]
