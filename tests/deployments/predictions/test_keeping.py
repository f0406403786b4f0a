"""Keys that make two requests one, and data that is really gone when its time is over."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from deployments import files
from deployments.models import Prediction
from deployments.predictions import retention, running
from tests.deployments.predictions.models import Served, as_

pytestmark = pytest.mark.django_db

SECRET = "xylophone"


def ask(client: Client, key: str = "", *, wait: str = "wait", **body: Any) -> Any:
    headers = {"Prefer": wait} if wait else {}
    headers |= {"Idempotency-Key": key} if key else {}
    said = {"version": "slipway/hello", "input": {"text": SECRET}, **body}
    return client.post("/v1/predictions", said, content_type="application/json", headers=headers)


def test_the_same_key_and_body_is_the_same_prediction(ada: User, greeter: Served) -> None:
    client = as_(ada)
    first, again = ask(client, "order-7").json(), ask(client, "order-7")

    assert again.status_code == 201
    assert again.json() == first
    assert Prediction.objects.count() == 1
    assert ask(client, "order-8").json()["id"] != first["id"]


def test_the_same_key_with_another_body_is_refused(ada: User, greeter: Served) -> None:
    client = as_(ada)
    first = ask(client, "order-7").json()

    answer = ask(client, "order-7", input={"text": "else"})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"
    assert first["id"] in answer.json()["detail"]


def test_a_key_belongs_to_its_owner(ada: User, bob: User, greeter: Served) -> None:
    first = ask(as_(ada), "order-7", wait="").json()
    Prediction.objects.filter(pk=first["id"]).update(owner=bob)

    assert ask(as_(ada), "order-7", wait="").json()["id"] != first["id"]


def test_a_key_too_long_is_refused(ada: User, greeter: Served) -> None:
    assert ask(as_(ada), "k" * 256).status_code == 400


def test_a_refused_request_leaves_its_key_free(ada: User, greeter: Served) -> None:
    client = as_(ada)
    assert ask(client, "order-7", input={}).status_code == 422

    assert ask(client, "order-7").status_code == 201


@pytest.mark.parametrize(
    ("own", "deployment", "installation", "kept"),
    [
        (None, None, 100, 100),
        (None, 50, 100, 50),
        (None, 200, 100, 100),
        (20, 50, 100, 20),
        (200, 50, 100, 100),
        (0, 50, 100, 0),
        (None, None, 0, None),
        (200, None, 0, 200),
    ],
)
def test_the_nearest_wish_counts_and_the_installation_is_the_most(
    greeter: Served,
    settings: Settings,
    own: int | None,
    deployment: int | None,
    installation: int,
    kept: int | None,
) -> None:
    settings.PREDICTIONS_KEPT_SECONDS = installation
    greeter.deployment.keep_seconds = deployment
    prediction = Prediction(keep_seconds=own, deployment=greeter.deployment)
    now = timezone.now()

    until = retention.keep_until(prediction, now)

    assert (until and (until - now).total_seconds()) == kept


def test_nothing_is_left_of_what_is_over_its_time(
    ada: User, greeter: Served, var_dir: Path, django_capture_on_commit_callbacks: Any
) -> None:
    client = as_(ada)
    told = ask(client, keep_seconds=0, webhook="https://example.org/hook").json()
    assert told["output"] == f"hello {SECRET}"
    prediction = Prediction.objects.get()
    files.store(ada, "a.txt", "text/plain", io.BytesIO(SECRET.encode()), prediction)
    prediction.events.create(number=1, kind="output", data=SECRET)

    with django_capture_on_commit_callbacks(execute=True):
        assert retention.forget() == 1

    assert retention.forget() == 0
    after = client.get(f"/v1/predictions/{told['id']}").json()
    assert after["data_removed"] is True
    assert (after["input"], after["output"], after["logs"]) == ({}, None, "")
    assert after["metrics"] == told["metrics"] and after["cost"] == told["cost"]
    assert tables_with(SECRET) == []
    assert not [path for path in (var_dir / "files").glob("**/*") if path.is_file()]


def test_what_is_kept_longer_stays(ada: User, greeter: Served) -> None:
    ask(as_(ada), keep_seconds=3600)

    assert retention.forget() == 0
    assert tables_with(SECRET)


def test_what_still_runs_is_not_forgotten(ada: User, greeter: Served) -> None:
    told = ask(as_(ada), keep_seconds=0, wait="").json()
    assert retention.forget() == 0

    running.run(told["id"])

    assert retention.forget() == 1


def tables_with(word: str) -> list[str]:
    """Every table of the database that holds the word in any column."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            if any(word in str(row) for row in cursor.fetchall()):
                found.append(table)
    return found
