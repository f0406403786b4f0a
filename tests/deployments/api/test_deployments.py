"""Deployments through the API: made, looked at, changed, stopped, deleted."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from accounts.models import User
from catalog.models import AIModel
from deployments.models import Deployment, Hardware, Instance, Prediction, Reason, Status
from tests.deployments import deployables
from tests.deployments.driving import drive
from tests.deployments.predictions.models import as_

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries
    from pytest_django.fixtures import SettingsWrapper as Settings

    from tests.deployments.conftest import Deploy
    from tests.deployments.fake_runtime import FakeRuntime

pytestmark = pytest.mark.django_db
ONE = "/v1/deployments/ada/hello"


@pytest.fixture
def client(ada: User) -> Client:
    return as_(ada)


@pytest.fixture
def said(fake: "FakeRuntime") -> dict[str, Any]:
    version = deployables.version(real=False)
    deployables.hardware()
    return {
        **{"name": "hello", "model": "slipway/hello", "version": version.version_id},
        **{"hardware": "cpu", "min_instances": 1, "max_instances": 2},
    }


def post(client: Client, path: str, body: Any = None, **headers: str) -> Any:
    kind = {"content_type": "application/json", "headers": headers}
    return client.post(path, {} if body is None else body, **kind)


def patch(client: Client, **changes: Any) -> Any:
    return client.patch(ONE, changes, content_type="application/json")


def test_a_model_is_deployed_and_told_as_replicate_tells_it(
    client: Client, said: dict[str, Any]
) -> None:
    answer = post(client, "/v1/deployments", said)

    told = answer.json()
    assert answer.status_code == 201, told
    assert answer["Location"] == told["urls"]["get"] == f"http://testserver{ONE}"
    assert (told["owner"], told["name"], told["status"]) == ("ada", "hello", "queued")
    release = told["current_release"]
    assert (release["number"], release["model"]) == (1, "slipway/hello")
    assert release["version"] == said["version"]
    assert release["created_by"]["username"] == "ada"
    assert release["configuration"] == {
        **{"hardware": "cpu", "min_instances": 1, "max_instances": 2},
        "idle_seconds": 900,
    }
    assert told["sentence"] and told["reason"] == "Queued"
    assert [each["status"] for each in told["conditions"]] == [True, False, False, False]


def test_what_runs_shows_its_instances_and_that_all_is_well(
    client: Client, said: dict[str, Any]
) -> None:
    post(client, "/v1/deployments", said)
    drive(Deployment.objects.get(), Status.RUNNING)

    told = client.get(ONE).json()

    assert (told["status"], told["reason"], told["next_action"]) == ("running", None, "")
    assert all(each["status"] and each["since"] for each in told["conditions"])
    assert told["instances"][0]["status"] == "ready"
    assert told["metrics"] == {
        **{"queued": 0, "instances_ready": 1, "instances": 1},
        "slots_taken": 0,
    }
    assert told["serving_release"] == 1


def test_the_least_that_must_be_said_is_a_name_and_a_model(
    client: Client, said: dict[str, Any]
) -> None:
    answer = post(client, "/v1/deployments", {"name": "mine", "model": "slipway/hello"})

    told = answer.json()["current_release"]
    assert answer.status_code == 201
    assert told["version"] == said["version"]
    assert told["configuration"]["hardware"] == "cpu"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "Not a name", "small letters"),
        ("model", "nobody/nothing", "There is no model"),
        ("model", "nothing", "owner/name"),
        ("version", "0" * 64, "no such version"),
        ("hardware", "cray", "there is: cpu"),
        ("min_instances", 9, "make the first smaller"),
        ("max_instances", 0, "greater than or equal to 1"),
        ("max_instances", "many", "valid integer"),
        ("idle_seconds", -1, "greater than or equal to 0"),
        ("stop_at", "2020-01-01T00:00:00Z", "is over"),
        ("budget", 0, "more than 0"),
        ("budget", "", "valid number"),
        ("colour", "red", "no such field"),
    ],
)
def test_what_is_wrong_is_named(
    client: Client, said: dict[str, Any], field: str, value: Any, words: str
) -> None:
    answer = post(client, "/v1/deployments", {**said, field: value})

    (error,) = answer.json()["errors"]
    assert answer.status_code == 400
    assert error["field"] == field
    assert words in error["detail"]
    assert not Deployment.objects.exists()


def test_a_version_that_cannot_run_here_says_why(client: Client, said: dict[str, Any]) -> None:
    image = "r8.im/slipway/hello@sha256:1"
    AIModel.objects.get().versions.create(version_id="f" * 64, openapi_schema={}, image=image)

    answer = post(client, "/v1/deployments", {**said, "version": "f" * 64})

    (error,) = answer.json()["errors"]
    assert error["field"] == "version"
    assert "container" in error["detail"]


def test_a_name_that_is_taken_is_told(client: Client, said: dict[str, Any]) -> None:
    post(client, "/v1/deployments", said)

    answer = post(client, "/v1/deployments", said)

    assert answer.status_code == 400
    assert "already" in answer.json()["detail"]


def test_the_same_key_makes_one_deployment(client: Client, said: dict[str, Any]) -> None:
    first, second = (
        post(client, "/v1/deployments", said, **{"Idempotency-Key": "k"}) for _ in "12"
    )
    other = post(client, "/v1/deployments", {**said, "name": "b"}, **{"Idempotency-Key": "k"})

    assert first.status_code == second.status_code == 201
    assert first.json()["created_at"] == second.json()["created_at"]
    assert other.status_code == 422
    assert other.json()["errors"][0]["field"] == "Idempotency-Key"
    assert Deployment.objects.count() == 1


def test_a_change_is_a_release_and_one_can_go_back(client: Client, said: dict[str, Any]) -> None:
    post(client, "/v1/deployments", said)
    drive(Deployment.objects.get(), Status.RUNNING)

    changed = patch(client, max_instances=3, idle_seconds=60).json()
    back = post(client, f"{ONE}/rollback", {"number": 1}).json()
    listed = client.get(f"{ONE}/releases?limit=2").json()

    assert changed["current_release"]["number"] == 2
    assert changed["current_release"]["configuration"]["max_instances"] == 3
    assert "max_instances: 3" in changed["current_release"]["note"]
    assert back["current_release"]["configuration"]["max_instances"] == 2
    assert [release["number"] for release in listed["results"]] == [3, 2]
    assert client.get(listed["next"]).json()["results"][0]["number"] == 1
    assert post(client, f"{ONE}/rollback", {"number": 9}).status_code == 400


def test_it_is_stopped_started_and_deleted(client: Client, said: dict[str, Any]) -> None:
    post(client, "/v1/deployments", said)
    deployment = drive(Deployment.objects.get(), Status.RUNNING)

    assert post(client, f"{ONE}/stop").json()["wanted"] == "stopped"
    drive(deployment)
    told = client.get(ONE).json()
    assert (told["status"], told["reason"]) == ("stopped", Reason.STOPPED_BY_USER)
    assert post(client, f"{ONE}/start").json()["wanted"] == "running"
    drive(deployment)
    assert client.delete(ONE).status_code == 204
    assert client.get(ONE).status_code == 404
    drive(deployment)
    assert not Instance.objects.living().exists()


@pytest.mark.parametrize("path", ["", "/releases"])
def test_a_stranger_finds_nothing(deploy: "Deploy", fake: "FakeRuntime", path: str) -> None:
    deploy()
    bob = as_(User.objects.create_user("bob"))

    answer = bob.get(f"{ONE}{path}")

    assert answer.status_code == 404
    assert bob.get("/v1/deployments").json()["results"] == []


@pytest.mark.parametrize("verb", ["stop", "start", "rollback"])
def test_a_stranger_changes_nothing(deploy: "Deploy", fake: "FakeRuntime", verb: str) -> None:
    deploy()
    bob = as_(User.objects.create_user("bob"))

    assert post(bob, f"{ONE}/{verb}", {"number": 1}).status_code == 404
    assert bob.delete(ONE).status_code == 404
    assert bob.patch(ONE, {}, content_type="application/json").status_code == 404


def test_a_token_needs_the_scope(ada: User, deploy: "Deploy", fake: "FakeRuntime") -> None:
    deploy()
    reader = as_(ada, "deployments:read")

    assert reader.get(ONE).status_code == 200
    assert post(reader, f"{ONE}/stop").status_code == 403
    assert as_(ada, "files:read").get(ONE).status_code == 403
    assert Client().get(ONE).status_code == 401


def test_a_list_reads_as_much_for_many_as_for_one(
    client: Client,
    fake: "FakeRuntime",
    deploy: "Deploy",
    django_assert_num_queries: "DjangoAssertNumQueries",
) -> None:
    version = deployables.version(real=False)
    for number in range(5):
        drive(deploy(name=f"d{number}", version=version), Status.RUNNING)
    client.get("/v1/deployments")

    with django_assert_num_queries(5):
        answer = client.get("/v1/deployments?limit=3")

    assert len(answer.json()["results"]) == 3
    assert "private" in answer["Cache-Control"]


def test_before_it_is_made_it_is_reckoned(client: Client, said: dict[str, Any]) -> None:
    deployables.hardware("dear", price_per_second=Decimal("0.01"))
    wish = {**said, "hardware": "dear", "min_instances": 2, "idle_seconds": 60}

    told = post(
        client, "/v1/deployments/preflight", {**wish, "requests_per_day": 24, "seconds_each": 10}
    ).json()

    assert told["fits"] is True
    assert told["cost_per_hour"] == 72
    assert told["cost_per_day_at_load"] == pytest.approx(16.8)
    assert any("2 ×" in line for line in told["lines"])
    assert not Deployment.objects.exists()


def test_nothing_is_deployed_on_what_is_priced_in_another_currency(
    client: Client, said: dict[str, Any]
) -> None:
    Hardware.objects.update(currency="EUR")

    answer = post(client, "/v1/deployments", said)

    assert answer.status_code == 400
    error = answer.json()["errors"][0]
    assert error["field"] == "hardware"
    assert "in EUR, and all here are in USD" in error["detail"]
    assert not Deployment.objects.exists()


def test_a_site_counts_in_its_own_currency(
    client: Client, said: dict[str, Any], settings: "Settings"
) -> None:
    settings.CURRENCY = "CHF"
    Hardware.objects.update(currency="CHF")

    made = post(client, "/v1/deployments", said)

    assert made.status_code == 201
    assert made.json()["currency"] == "CHF"
    assert Hardware().currency == Prediction().currency == "CHF"


def test_hardware_is_a_bare_list(client: Client) -> None:
    deployables.hardware(price_per_second=Decimal("0.25"))

    told = client.get("/v1/hardware").json()

    assert [each["sku"] for each in told] == ["cpu"]
    assert told[0]["price_per_second"] == 0.25


def test_the_official_client_does_all_of_it(
    ada: User, said: dict[str, Any], live_server: Any
) -> None:
    import replicate  # noqa: PLC0415

    from accounts import tokens  # noqa: PLC0415

    text = tokens.make(ada, name="client", scopes=["all"])[1]
    client = replicate.Client(api_token=text, base_url=live_server.url)

    made = client.deployments.create(**said)
    changed = client.deployments.update(
        deployment_owner="ada", deployment_name="hello", max_instances=4
    )
    names = [each.name for each in client.deployments.list()]
    skus = [each.sku for each in client.hardware.list()]
    deleted = client.deployments.delete("ada", "hello")

    assert made.current_release.version == said["version"]
    assert changed.current_release.number == 2
    assert changed.current_release.configuration.max_instances == 4
    assert (names, skus, deleted) == (["hello"], ["cpu"], True)
