"""The page of tokens, as somebody without JavaScript gets it."""

import re
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.utils import timezone

from accounts import tokens
from accounts.models import Token, User

from .conftest import TokenOf

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
WANTED = {"name": "laptop", "scopes": ["predictions:write", "files:read"], "days": "30"}


def test_a_token_is_shown_in_the_answer_and_never_again(as_ada: Client, ada: User) -> None:
    response = as_ada.post("/account/tokens", WANTED)

    found = re.search(r"slip_[0-9A-Za-z]{36}", response.content.decode())
    assert found
    assert response["Cache-Control"].count("no-store") == 1
    token = tokens.find_usable(found.group())
    assert token
    assert (token.user, token.name) == (ada, "laptop")
    assert token.scopes == ["files:read", "predictions:write"]
    assert token.expires_at
    assert (token.expires_at - timezone.now()).days in (29, 30)
    page = as_ada.get("/account/tokens").content.decode()
    assert found.group() not in page
    assert token.prefix in page


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": " "}, "Give the token a name."),
        ({"scopes": []}, "Choose at least one thing that it may do."),
        ({"scopes": ["root"]}, "root is not one of the available choices."),
        ({"days": "9999"}, "9999 is not one of the available choices."),
    ],
)
def test_what_is_wrong_is_told_at_its_field(
    as_ada: Client, wrong: dict[str, object], sentence: str
) -> None:
    response = as_ada.post("/account/tokens", WANTED | wrong)

    assert response.status_code == 400
    assert sentence in response.content.decode()
    assert Token.objects.count() == 0


def test_more_than_one_may_have_is_told(
    as_ada: Client, token_of: TokenOf, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "MOST_PER_PERSON", 1)
    token_of(ada)

    response = as_ada.post("/account/tokens", WANTED)

    assert response.status_code == 400
    assert "as many as one can have" in response.content.decode()


def test_a_revoked_one_opens_nothing_and_is_shown_as_that(
    as_ada: Client, token_of: TokenOf, ada: User
) -> None:
    text = token_of(ada)

    response = as_ada.post(f"/account/tokens/{Token.objects.get().pk}/revoke", follow=True)

    page = response.content.decode()
    assert tokens.find_usable(text) is None
    assert "it opens nothing any more" in page
    assert "Revoked" in page


def test_those_of_others_do_not_exist(as_ada: Client, token_of: TokenOf, bob: User) -> None:
    text = token_of(bob, name="of bob")

    response = as_ada.post(f"/account/tokens/{Token.objects.get().pk}/revoke")

    assert response.status_code == 404
    assert tokens.find_usable(text)
    assert "of bob" not in as_ada.get("/account/tokens").content.decode()


def test_it_needs_a_sign_in(client: Client) -> None:
    assert client.get("/account/tokens")["Location"] == "/account/login?next=/account/tokens"


def test_many_tokens_take_no_more_queries(
    as_ada: Client,
    token_of: TokenOf,
    ada: User,
    django_assert_max_num_queries: "DjangoAssertNumQueries",
) -> None:
    for number in range(30):
        token_of(ada, name=f"token {number}")

    with django_assert_max_num_queries(5):
        as_ada.get("/account/tokens")


def test_the_menu_leads_to_it_and_the_sign_in_tells_of_it(as_ada: Client, client: Client) -> None:
    assert 'href="/account/tokens"' in as_ada.get("/account/searches").content.decode()
    assert "tokens" in client.get("/account/login").content.decode()
