"""Predictions through the API: asked for, answered, listed, cancelled."""

import io
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from deployments import files
from deployments.models import Instance, Prediction
from deployments.predictions import running
from tests.deployments.predictions.models import Served, as_

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


def ask(client: Client, served: Served, *, wait: str = "wait", **input: Any) -> Any:
    said = {"version": served.version.version_id, "input": input}
    headers = {"Prefer": wait} if wait else {}
    return client.post("/v1/predictions", said, content_type="application/json", headers=headers)


def test_a_warm_model_answers_in_the_same_request(ada: User, greeter: Served) -> None:
    answer = ask(as_(ada), greeter, text="you")

    told = answer.json()
    assert answer.status_code == 201
    assert told["status"] == "succeeded"
    assert told["output"] == "hello you"
    assert told["logs"] == "greeting you\n"
    assert told["error"] is None and told["reason"] is None
    assert told["model"] == "slipway/hello"
    assert told["version"] == greeter.version.version_id
    assert told["input"] == {"text": "you"}
    assert told["hardware"] == "cpu"
    assert 0 < told["metrics"]["predict_time"] <= told["metrics"]["total_time"]
    assert told["cost"]["amount"] == pytest.approx(
        told["metrics"]["predict_time"] * 0.001, abs=1e-9
    )
    assert told["urls"]["get"] == f"http://testserver/v1/predictions/{told['id']}"
    assert answer["Location"] == told["urls"]["get"]
    assert Instance.objects.get().slots_taken == 0


def test_a_warm_model_is_asked_with_few_statements(ada: User, greeter: Served) -> None:
    client = as_(ada)
    ask(client, greeter, text="you")

    with CaptureQueriesContext(connection) as captured:
        ask(client, greeter, text="you")

    said = [query["sql"] for query in captured.captured_queries]
    # A minute may begin in between, and then its row is new.
    counted = [sql for sql in said if "SAVEPOINT" not in sql and "minutemetrics" not in sql]
    assert len(counted) == 10, counted


@pytest.mark.parametrize(
    "path", ["/v1/models/slipway/hello/predictions", "/v1/deployments/ada/hello/predictions"]
)
def test_a_model_and_a_deployment_are_asked_by_name(ada: User, greeter: Served, path: str) -> None:
    said = {"input": {"text": "you"}}
    answer = as_(ada).post(
        path, said, content_type="application/json", headers={"Prefer": "wait=5"}
    )

    assert answer.status_code == 201, answer.content
    assert answer.json()["output"] == "hello you"
    assert answer.json()["deployment"] == "ada/hello"


@pytest.mark.parametrize("version", ["slipway/hello", "slipway/hello:{id}", "{id}"])
def test_a_version_is_named_in_each_of_replicates_ways(
    ada: User, greeter: Served, version: str
) -> None:
    said = {"version": version.format(id=greeter.version.version_id), "input": {"text": "you"}}
    answer = as_(ada).post(
        "/v1/predictions", said, content_type="application/json", headers={"Prefer": "wait"}
    )

    assert answer.json()["output"] == "hello you"


def test_without_waiting_it_starts_and_a_worker_runs_it(ada: User, greeter: Served) -> None:
    client = as_(ada)
    told = ask(client, greeter, wait="", text="you").json()
    assert told["status"] == "starting"
    assert told["queue_position"] == 1

    running.run(told["id"])

    after = client.get(f"/v1/predictions/{told['id']}").json()
    assert after["status"] == "succeeded"
    assert after["output"] == "hello you"
    assert after["queue_position"] is None
    running.run(told["id"])
    assert client.get(f"/v1/predictions/{told['id']}").json() == after


def test_what_the_model_throws_is_a_failed_prediction(ada: User, greeter: Served) -> None:
    told = ask(as_(ada), greeter, text="you", how="fail").json()

    assert told["status"] == "failed"
    assert "no greeting for you" in told["error"]
    assert told["reason"] == "ModelFailed"
    assert Instance.objects.get().slots_taken == 0


def test_a_wrong_input_is_told_field_by_field_and_nothing_starts(
    ada: User, greeter: Served
) -> None:
    answer = ask(as_(ada), greeter, seconds=99, colour="red")

    told = {each["field"]: each["detail"] for each in answer.json()["errors"]}
    assert answer.status_code == 422
    assert told["input.text"] == "This field is required."
    assert told["input.seconds"] == "Give 60 or less."
    assert "takes no such field" in told["input.colour"]
    assert not Prediction.objects.exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"input": {"text": "a"}}, "version"),
        ({"version": "nonsense", "input": {"text": "a"}}, "version"),
        ({"version": "0" * 64, "input": {"text": "a"}}, "version"),
        ({"version": "nobody/nothing", "input": {"text": "a"}}, "version"),
        ({"version": "slipway/hello", "input": []}, "input"),
        ({"version": "slipway/hello", "inputs": {}}, "inputs"),
        ({"version": "slipway/hello", "input": {"text": "a\0"}}, "input.text"),
        ({"version": "slipway/hello", "input": {}, "webhook": "ftp://x"}, "webhook"),
        ({"version": "slipway/hello", "webhook_events_filter": ["x"]}, "webhook_events_filter"),
    ],
)
def test_what_is_wrong_with_a_body_is_named(
    ada: User, greeter: Served, body: dict[str, Any], field: str
) -> None:
    answer = as_(ada).post("/v1/predictions", body, content_type="application/json")

    assert answer.status_code == 422
    assert field in {each["field"] for each in answer.json()["errors"]}


@pytest.mark.parametrize(
    ("name", "value"),
    [("Prefer", "wait=0"), ("Prefer", "wait=61"), ("Cancel-After", "4s"), ("Cancel-After", "x")],
)
def test_a_header_that_says_no_sense_is_refused(
    ada: User, greeter: Served, name: str, value: str
) -> None:
    said = {"version": "slipway/hello", "input": {"text": "a"}}
    answer = as_(ada).post(
        "/v1/predictions", said, content_type="application/json", headers={name: value}
    )

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == name


def test_strangers_see_nothing_of_it(ada: User, bob: User, greeter: Served) -> None:
    told = ask(as_(ada), greeter, text="you").json()

    client = as_(bob)
    assert client.get(f"/v1/predictions/{told['id']}").status_code == 404
    assert client.post(f"/v1/predictions/{told['id']}/cancel").status_code == 404
    assert client.get("/v1/predictions").json()["results"] == []
    body = {"input": {"text": "you"}}
    path = "/v1/deployments/ada/hello/predictions"
    assert client.post(path, body, content_type="application/json").status_code == 404


def test_asking_needs_a_token_and_its_scope(ada: User, greeter: Served) -> None:
    assert ask(Client(), greeter, text="you").status_code == 401
    reader = as_(ada, "predictions:read")
    assert ask(reader, greeter, text="you").status_code == 403
    assert reader.get("/v1/predictions").status_code == 200


def test_a_list_has_pages_filters_and_few_queries(
    ada: User, greeter: Served, django_assert_num_queries: "DjangoAssertNumQueries"
) -> None:
    client = as_(ada)
    ids = [ask(client, greeter, text=str(number)).json()["id"] for number in range(4)]
    client.get("/v1/predictions")

    with django_assert_num_queries(4):
        first = client.get("/v1/predictions?limit=3").json()
    second = client.get(first["next"].removeprefix("http://testserver")).json()

    assert [each["id"] for each in first["results"] + second["results"]] == ids[::-1]
    assert client.get("/v1/predictions?status=failed").json()["results"] == []
    assert client.get("/v1/predictions?source=web").json()["results"] == []
    assert client.get("/v1/predictions?created_before=yesterday").status_code == 400
    early = client.get("/v1/predictions?created_before=2020-01-01T00:00:00Z")
    assert early.json()["results"] == []


def test_what_waits_is_cancelled_at_once(ada: User, greeter: Served) -> None:
    client = as_(ada)
    told = ask(client, greeter, wait="", text="you").json()

    answer = client.post(f"/v1/predictions/{told['id']}/cancel")

    assert answer.status_code == 200
    assert answer.json()["status"] == "canceled"
    running.run(told["id"])
    again = client.post(f"/v1/predictions/{told['id']}/cancel").json()
    assert again["status"] == "canceled" and again["output"] is None


def test_a_stopped_deployment_says_so(ada: User, greeter: Served) -> None:
    deployment = greeter.deployment
    deployment.wanted = "stopped"
    deployment.save()

    answer = as_(ada).post(
        "/v1/deployments/ada/hello/predictions",
        {"input": {"text": "you"}},
        content_type="application/json",
    )

    assert answer.status_code == 409
    assert "is stopped; start it" in answer.json()["detail"]


def test_answers_are_for_their_owner_alone(ada: User, greeter: Served) -> None:
    client = as_(ada)
    told = ask(client, greeter, text="you").json()

    answer = client.get(f"/v1/predictions/{told['id']}")

    assert "private" in answer["Cache-Control"]


def test_a_file_that_is_not_here_is_told_before_anything_starts(
    ada: User, bob: User, greeter: Served
) -> None:
    theirs = files.store(bob, "a.txt", "text/plain", io.BytesIO(b"x"))
    for address in (f"http://testserver/v1/files/{theirs.pk}", "https://example.org/a.png"):
        answer = ask(as_(ada), greeter, text="x", file=address)

        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "input.file"
        assert "POST /v1/files" in answer.json()["detail"]
    assert not Prediction.objects.exists()


def test_a_body_that_is_too_large_or_no_json_is_refused(ada: User) -> None:
    client = as_(ada)
    large = b'{"version": "slipway/hello", "input": {"text": "' + b"a" * 20_000_000 + b'"}}'

    too_large = client.post("/v1/predictions", large, content_type="application/json")
    nested = client.post("/v1/predictions", "[" * 100_000, content_type="application/json")
    broken = client.post("/v1/predictions", "{", content_type="application/json")

    assert too_large.status_code == 413
    assert nested.status_code == broken.status_code == 400
