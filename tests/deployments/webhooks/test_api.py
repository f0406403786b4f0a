"""GET /v1/webhooks/deliveries, one of them, and once more."""

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from accounts.models import User
from deployments import tasks
from deployments.models import Delivery, Prediction
from tests.receiving import Receiver

from .conftest import TokenOf, Told

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
LIST = "/v1/webhooks/deliveries"


def as_(text: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {text}"})


@pytest.fixture
def client(ada: User, token_of: TokenOf) -> Client:
    return as_(token_of(ada, "webhooks:write"))


def test_one_that_failed_is_told_with_its_tries_and_sent_again(
    client: Client, told: Told, hook: Receiver
) -> None:
    hook.status = 410
    path = f"{LIST}/{told().pk}"
    tasks.send_webhooks()
    [listed] = client.get(LIST).json()["results"]
    one = client.get(path).json()
    assert (listed["status"], listed["answer"], listed["next_try_at"]) == ("failed", 410, None)
    assert [each["answer"] for each in one["attempts"]] == [410]
    assert {**one, **listed} == one
    hook.status = 200

    again = client.post(f"{path}/redeliver")
    tasks.send_webhooks()

    assert (again.status_code, again.json()["status"]) == (200, "waiting")
    assert client.get(path).json()["status"] == "sent"
    assert len(hook.got) == 2


def test_what_waits_already_or_has_lost_its_body_is_not_sent(client: Client, told: Told) -> None:
    waits, gone = told(), told()
    Delivery.objects.filter(pk=gone.pk).update(body="", status="sent")

    answers = [client.post(f"{LIST}/{one.pk}/redeliver") for one in (waits, gone)]

    assert [answer.status_code for answer in answers] == [409, 409]
    assert "on its way already" in answers[0].json()["detail"]
    assert "data is gone" in answers[1].json()["detail"]


def test_the_list_is_paged_and_narrowed(client: Client, told: Told, prediction: Prediction) -> None:
    calls = [told(), told(prediction=prediction), told()]

    first = client.get(f"{LIST}?limit=2").json()
    rest = client.get(first["next"]).json()

    ids = [one["id"] for one in first["results"] + rest["results"]]
    assert ids == [str(one.pk) for one in reversed(calls)]
    assert client.get(rest["previous"]).json()["results"] == first["results"]
    narrowed = client.get(f"{LIST}?prediction={prediction.pk}&status=waiting").json()["results"]
    assert [one["id"] for one in narrowed] == [str(calls[1].pk)]
    assert client.get(f"{LIST}?status=sent").json()["results"] == []


def test_a_wrong_parameter_is_named(client: Client) -> None:
    answer = client.get(f"{LIST}?status=lost&event=start&owner=eve")

    assert answer.status_code == 400
    assert {one["field"] for one in answer.json()["errors"]} >= {"status", "event"}


def test_strangers_find_nothing_and_reading_does_not_send(
    ada: User, bob: User, told: Told, token_of: TokenOf
) -> None:
    path = f"{LIST}/{told().pk}"

    assert as_(token_of(bob)).get(path).status_code == 404
    assert as_(token_of(bob)).post(f"{path}/redeliver").status_code == 404
    assert as_(token_of(ada, "webhooks:read")).post(f"{path}/redeliver").status_code == 403
    assert as_(token_of(ada, "predictions:write")).get(path).status_code == 403


@pytest.mark.parametrize("count", [1, 20])
def test_the_list_takes_as_many_queries_for_twenty_as_for_one(
    client: Client, told: Told, count: int, django_assert_num_queries: "DjangoAssertNumQueries"
) -> None:
    for _ in range(count):
        told()
    client.get("/v1/account")

    with django_assert_num_queries(4):  # token, memberships, ids, rows
        assert len(client.get(LIST).json()["results"]) == count
