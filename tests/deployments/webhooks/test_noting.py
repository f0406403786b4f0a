"""What is told of a prediction, and how often."""

import json

import pytest
from django.db import transaction

from deployments import tasks, webhooks
from deployments.models import Delivery, Prediction
from deployments.webhooks import noting
from tests.receiving import Receiver

pytestmark = pytest.mark.django_db


def noted() -> list[str]:
    rows = Delivery.objects.order_by("created_at")
    return list(rows.values_list("event", flat=True))


def test_the_body_is_the_prediction_as_the_api_tells_it(
    prediction: Prediction, hook: Receiver
) -> None:
    Prediction.objects.update(status="succeeded", output="Hello, Ada!")
    prediction.refresh_from_db()

    webhooks.note(prediction, "completed")
    tasks.send_webhooks()

    [said] = hook.bodies
    assert said["id"] == prediction.pk
    assert (said["status"], said["output"]) == ("succeeded", "Hello, Ada!")
    assert said["input"] == {"text": "Ada"}
    assert said["webhook"] == hook.url
    assert said["urls"]["get"].endswith(f"/v1/predictions/{prediction.pk}")


def test_it_stays_as_it_was_when_it_happened(prediction: Prediction, hook: Receiver) -> None:
    webhooks.note(prediction, "start")
    Prediction.objects.update(status="succeeded")

    tasks.send_webhooks()

    assert hook.bodies[0]["status"] == "starting"


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ([], ["start", "output", "logs", "completed"]),
        (["completed"], ["completed"]),
        (["start", "logs"], ["start", "logs"]),
    ],
)
def test_only_what_was_asked_for_is_told(
    prediction: Prediction, wanted: list[str], expected: list[str]
) -> None:
    prediction.webhook_events = wanted

    for event in noting.EVENTS:
        webhooks.note(prediction, event)

    assert noted() == expected


def test_one_that_begins_again_is_told_once(prediction: Prediction) -> None:
    webhooks.note(prediction, "start")
    webhooks.note(prediction, "start")

    assert noted() == ["start"]


def test_without_an_address_nothing_is(prediction: Prediction) -> None:
    prediction.webhook = ""

    webhooks.note(prediction, "completed")

    assert noted() == []


def test_output_and_logs_are_told_once_in_half_a_second(
    prediction: Prediction, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(noting, "_now", lambda: now)
    for _ in range(3):
        webhooks.note(prediction, "output")
        webhooks.note(prediction, "logs")
    assert sorted(noted()) == ["logs", "output"]
    Delivery.objects.update(status="sent")

    now += 0.5
    webhooks.note(prediction, "output")
    webhooks.note(prediction, "completed")

    assert sorted(noted()) == ["completed", "logs", "output", "output"]


def test_output_that_nobody_tried_to_send_yet_is_told_by_the_next(
    prediction: Prediction, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(noting, "SECONDS_BETWEEN", 0.0)
    webhooks.note(prediction, "output")
    Prediction.objects.update(output="Hello")
    prediction.refresh_from_db()

    webhooks.note(prediction, "output")

    assert json.loads(Delivery.objects.get().body)["output"] == "Hello"


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_not_told(prediction: Prediction) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        webhooks.note(prediction, "start")
        raise ZeroDivisionError

    assert noted() == []
