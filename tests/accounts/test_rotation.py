"""Another text for a token, and what the text from before opens meanwhile."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts import tokens
from accounts.models import AuditEvent, Token, User

from .conftest import TokenOf

pytestmark = pytest.mark.django_db


def opens(client: Client, text: str) -> bool:
    headers = {"Authorization": f"Bearer {text}"}
    return bool(client.get("/v1/account", headers=headers).status_code == 200)


def rotated(client: Client, hours: str = "24") -> str:
    token = Token.objects.get()
    page = client.post(f"/account/tokens/{token.pk}/rotate", {"hours": hours}).content.decode()
    found = re.search(r"slip_[0-9A-Za-z]{36}", page)
    assert found, page
    return found.group()


def test_both_texts_open_until_the_time_of_the_earlier_one_is_over(
    as_ada: Client, client: Client, ada: User, token_of: TokenOf
) -> None:
    earlier = token_of(ada)

    later = rotated(as_ada)

    assert opens(client, earlier) and opens(client, later)
    Token.objects.update(earlier_until=timezone.now() - timedelta(seconds=1))
    assert not opens(client, earlier)
    assert opens(client, later)
    said = client.get("/v1/account", headers={"Authorization": f"Bearer {earlier}"}).json()
    assert "it was rotated" in said["detail"]


def test_the_new_text_is_shown_in_this_answer_alone(
    as_ada: Client, ada: User, token_of: TokenOf
) -> None:
    token_of(ada)

    text = rotated(as_ada)

    token = Token.objects.get()
    page = as_ada.get(f"/account/tokens/{token.pk}").content.decode()
    assert text not in page
    assert token.prefix in page and token.earlier_prefix in page
    assert token.earlier_prefix in as_ada.get("/account/tokens").content.decode()


def test_it_holds_as_long_anew_and_keeps_what_it_may_do(
    as_ada: Client, ada: User, token_of: TokenOf
) -> None:
    token_of(ada, "models:read", days=30)
    long_ago = timezone.now() - timedelta(days=29)
    Token.objects.update(created_at=long_ago, expires_at=long_ago + timedelta(days=30))

    rotated(as_ada)

    token = Token.objects.get()
    assert token.scopes == ["models:read"]
    assert token.expires_at
    assert timedelta(days=29, hours=23) < token.expires_at - timezone.now() <= timedelta(days=30)


def test_the_earlier_text_can_be_ended_at_once(
    as_ada: Client, client: Client, ada: User, token_of: TokenOf
) -> None:
    earlier = token_of(ada)
    later = rotated(as_ada)

    as_ada.post(f"/account/tokens/{Token.objects.get().pk}/earlier")

    assert not opens(client, earlier)
    assert opens(client, later)


def test_without_an_overlap_the_earlier_text_ends_with_the_answer(
    as_ada: Client, client: Client, ada: User, token_of: TokenOf
) -> None:
    earlier = token_of(ada)

    later = rotated(as_ada, hours="0")

    assert not opens(client, earlier)
    assert opens(client, later)


def test_revoking_ends_both_texts(
    as_ada: Client, client: Client, ada: User, token_of: TokenOf
) -> None:
    texts = [token_of(ada), rotated(as_ada)]

    as_ada.post(f"/account/tokens/{Token.objects.get().pk}/revoke")

    assert not any(opens(client, text) for text in texts)


def test_a_revoked_one_cannot_be_rotated(as_ada: Client, ada: User, token_of: TokenOf) -> None:
    token_of(ada)
    token = Token.objects.get()
    tokens.revoke(token)

    page = as_ada.post(f"/account/tokens/{token.pk}/rotate", {"hours": "24"}, follow=True)

    assert "cannot be rotated" in page.content.decode()
    assert Token.objects.get().prefix == token.prefix


def test_the_use_of_each_text_is_noted_by_itself(
    as_ada: Client, client: Client, ada: User, token_of: TokenOf
) -> None:
    earlier = token_of(ada)
    rotated(as_ada)

    opens(client, earlier)

    token = Token.objects.get()
    assert token.earlier_used_at is not None
    assert token.address == "127.0.0.1"


@pytest.mark.parametrize("what", ["rotate", "earlier", "revoke"])
def test_those_of_others_do_not_exist(
    as_ada: Client, client: Client, bob: User, token_of: TokenOf, what: str
) -> None:
    text = token_of(bob)

    response = as_ada.post(f"/account/tokens/{Token.objects.get().pk}/{what}", {"hours": "0"})

    assert response.status_code == 404
    assert as_ada.get(f"/account/tokens/{Token.objects.get().pk}").status_code == 404
    assert opens(client, text)


def test_the_audit_log_tells_of_each_without_a_secret(
    as_ada: Client, ada: User, token_of: TokenOf
) -> None:
    texts = [token_of(ada), rotated(as_ada)]
    as_ada.post(f"/account/tokens/{Token.objects.get().pk}/revoke")

    events = list(AuditEvent.objects.order_by("pk"))

    assert [one.what for one in events] == ["token.made", "token.rotated", "token.revoked"]
    assert {one.actor_name for one in events} == {"ada"}
    kept = repr(list(AuditEvent.objects.values()))
    assert not any(text[12:] in kept or tokens.digest(text) in kept for text in texts)


def test_making_tokens_is_limited_and_what_cannot_be_counted_is_refused(
    as_ada: Client, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "MADE_PER_HOUR", 2)
    wanted: dict[str, Any] = {"name": "ci", "scopes": ["models:read"], "days": "30"}

    answers = [as_ada.post("/account/tokens", wanted) for _ in range(3)]

    assert [one.status_code for one in answers] == [200, 200, 400]
    assert "within an hour" in answers[-1].content.decode()
    assert AuditEvent.objects.filter(what="token.made", is_refused=True).count() == 1
    assert Token.objects.count() == 2
