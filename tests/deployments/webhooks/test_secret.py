"""GET and POST /v1/webhooks/default/secret."""

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer
from replicate.client import Client as Replicate

from accounts.models import User
from deployments.webhooks import keys

from .conftest import TokenOf

URL = "/v1/webhooks/default/secret"


def as_(text: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {text}"})


def test_replicates_own_client_reads_it(
    live_server: LiveServer, ada: User, token_of: TokenOf
) -> None:
    client = Replicate(api_token=token_of(ada), base_url=live_server.url)

    assert client.webhooks.default.secret().key == keys.of(ada).secret


@pytest.mark.django_db
def test_nobody_keeps_a_copy_of_the_answer(ada: User, token_of: TokenOf) -> None:
    answer = as_(token_of(ada, "webhooks:read")).get(URL)

    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.django_db
def test_it_is_renewed_by_a_token_that_may_write(ada: User, token_of: TokenOf) -> None:
    before = keys.of(ada).secret
    assert as_(token_of(ada, "webhooks:read")).post(URL).status_code == 403
    assert keys.of(ada).secret == before

    answer = as_(token_of(ada, "webhooks:write")).post(URL)

    assert answer.json()["key"] == keys.of(ada).secret != before


@pytest.mark.django_db
def test_without_a_token_there_is_none(client: Client) -> None:
    assert client.get(URL).status_code == 401
