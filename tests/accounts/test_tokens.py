"""Tokens: how they look, what is stored of them, and what they open."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts import scopes, tokens
from accounts.models import Token, User

from .conftest import TokenOf

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


def account(client: Client, header: str) -> Any:
    return client.get("/v1/account", headers={"Authorization": header})


def test_a_token_is_known_by_its_looks_alone() -> None:
    text = tokens.new_text()

    assert text.startswith("slip_")
    assert len(text) == 41
    assert tokens.is_well_formed(text)


@pytest.mark.parametrize("broken", [lambda t: t[:-1], lambda t: t + "0", lambda t: t.upper()])
def test_what_was_cut_off_or_mistyped_is_told_without_a_query(
    client: Client, broken: Any, django_assert_num_queries: "DjangoAssertNumQueries"
) -> None:
    with django_assert_num_queries(0):
        response = account(client, f"Bearer {broken(tokens.new_text())}")

    assert response.status_code == 401
    assert "begins with slip_" in response.json()["detail"]
    assert response["Content-Type"] == "application/problem+json"
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_one_changed_character_breaks_the_checksum() -> None:
    text = tokens.new_text()
    changed = {
        text[:at] + ("a" if text[at] != "a" else "b") + text[at + 1 :] for at in range(5, 41)
    }

    assert not any(map(tokens.is_well_formed, changed))


def test_nothing_of_the_secret_is_stored(ada: User, token_of: TokenOf) -> None:
    text = token_of(ada)

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_token")
        (row,) = cursor.fetchall()
    assert text[12:] not in repr(row)
    assert Token.objects.get().prefix == text[:12]


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "Token"])
def test_a_token_tells_whose_it_is(
    client: Client, ada: User, token_of: TokenOf, scheme: str
) -> None:
    response = account(client, f"{scheme} {token_of(ada, 'models:read')}")

    assert response.status_code == 200
    assert response.json()["type"] == "user"
    assert response.json()["username"] == response.json()["name"] == "ada"
    assert (
        response["Cache-Control"] == "private, no-cache" or "private" in response["Cache-Control"]
    )


def test_one_query_tells_whose_token_it_is(
    client: Client,
    ada: User,
    token_of: TokenOf,
    django_assert_num_queries: "DjangoAssertNumQueries",
) -> None:
    text = token_of(ada)
    account(client, f"Bearer {text}")

    with django_assert_num_queries(1):
        account(client, f"Bearer {text}")


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("Basic YWRhOmE=", "Only tokens"),
        ("Bearer", "holds no token"),
        ("Bearer hunter2", "begins with slip_"),
    ],
)
def test_other_headers_are_told_what_would_be_right(client: Client, header: str, said: str) -> None:
    response = account(client, header)

    assert response.status_code == 401
    assert said in response.json()["detail"]


def test_without_a_token_the_account_asks_for_one(client: Client) -> None:
    response = client.get("/v1/account")

    assert response.status_code == 401
    assert "Authorization: Bearer" in response.json()["detail"]


def test_an_unknown_token_is_told_from_an_expired_and_a_revoked_one(
    client: Client, ada: User, token_of: TokenOf
) -> None:
    expired, revoked = token_of(ada), token_of(ada)
    day_before = timezone.now() - timedelta(days=1)
    Token.objects.filter(digest=tokens.digest(expired)).update(expires_at=day_before)
    Token.objects.filter(digest=tokens.digest(revoked)).update(revoked_at=day_before)

    said = [
        account(client, f"Bearer {text}").json()["detail"]
        for text in (tokens.new_text(), expired, revoked)
    ]

    assert "not known here" in said[0]
    assert f"{expired[:12]}… expired on {day_before:%Y-%m-%d}" in said[1]
    assert "was revoked" in said[2]
    assert all("/account/tokens" in sentence for sentence in said)


def test_the_tokens_of_a_closed_account_open_nothing(
    client: Client, ada: User, token_of: TokenOf
) -> None:
    text = token_of(ada)
    User.objects.update(is_active=False)

    response = account(client, f"Bearer {text}")

    assert response.status_code == 401
    assert "closed" in response.json()["detail"]


def test_a_session_is_taken_too_but_never_beside_a_wrong_token(as_ada: Client, ada: User) -> None:
    assert as_ada.get("/v1/account").json()["username"] == "ada"
    assert account(as_ada, "Bearer wrong").status_code == 401


def test_the_use_of_a_token_is_noted_at_most_once_a_minute(
    client: Client, ada: User, token_of: TokenOf
) -> None:
    text = token_of(ada)
    account(client, f"Bearer {text}")
    first = Token.objects.get().used_at
    account(client, f"Bearer {text}")
    second = Token.objects.get().used_at
    Token.objects.update(used_at=timezone.now() - timedelta(minutes=2))
    account(client, f"Bearer {text}")
    third = Token.objects.get().used_at

    assert first is not None and third is not None
    assert first == second < third


@pytest.mark.parametrize(
    ("held", "wanted", "is_enough"),
    [
        (["all"], "files:write", True),
        (["files:write"], "files:read", True),
        (["files:read"], "files:write", False),
        (["models:write", "files:read"], "predictions:read", False),
        ([], "models:read", False),
    ],
)
def test_a_scope_to_write_holds_the_one_to_read(
    held: list[str], wanted: str, is_enough: bool
) -> None:
    assert scopes.holds(held, wanted) is is_enough


def test_the_catalog_is_read_without_a_query_for_the_token(
    client: Client, ada: User, token_of: TokenOf, django_assert_num_queries: Any
) -> None:
    text = token_of(ada)
    with django_assert_num_queries(1) as without:
        client.get("/v1/collections")

    with django_assert_num_queries(len(without)):
        response = client.get("/v1/collections", headers={"Authorization": f"Bearer {text}"})

    assert response.status_code == 200
    assert "private" in response["Cache-Control"]


def test_a_token_in_an_address_is_refused_whatever_the_parameter_is_called(
    client: Client, ada: User, token_of: TokenOf
) -> None:
    response = client.get(f"/v1/account?api_key={token_of(ada)}")

    assert response.status_code == 400
    assert "revoke this one" in response.json()["detail"]


def test_a_search_for_something_like_a_token_is_a_search(client: Client) -> None:
    assert client.get("/v1/collections?cursor=").status_code == 200
    assert client.get("/v1/models?q=slip_" + "a" * 36).status_code == 200


def test_make_token_prints_a_working_one_as_its_last_line(client: Client, ada: User) -> None:
    printed = StringIO()

    call_command("make_token", "--user=ada", "--scope=all", "--name=ci", stdout=printed)

    text = printed.getvalue().splitlines()[-1]
    assert account(client, f"Bearer {text}").json()["username"] == "ada"
    assert Token.objects.get().name == "ci"


def test_make_token_says_that_there_is_no_such_user() -> None:
    with pytest.raises(CommandError, match="no active user nobody"):
        call_command("make_token", "--user=nobody", "--scope=all")


def test_tokens_have_an_end_of_ninety_days_unless_told_otherwise(
    ada: User, token_of: TokenOf
) -> None:
    token_of(ada)
    token = Token.objects.get()

    assert token.expires_at is not None
    assert timedelta(days=89) < token.expires_at - timezone.now() <= timedelta(days=90)


def test_of_two_requests_that_read_the_token_before_its_use_was_noted_one_notes_it(
    ada: User, token_of: TokenOf
) -> None:
    text = token_of(ada)
    first, second = tokens.find_usable(text), tokens.find_usable(text)
    assert first and second

    tokens.note_use(first, "")
    noted = Token.objects.get().used_at
    tokens.note_use(second, "")

    assert Token.objects.get().used_at == noted


@pytest.mark.skipif(connection.vendor == "sqlite", reason="the tests' SQLite is one connection's")
@pytest.mark.django_db(transaction=True)
def test_requests_at_once_share_a_token(client: Client, ada: User, token_of: TokenOf) -> None:
    text = token_of(ada)

    def ask(_: int) -> int:
        try:
            return int(account(Client(), f"Bearer {text}").status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(24)))

    assert answers == [200] * 24
    assert Token.objects.filter(used_at__isnull=False).count() == 1
