"""Replicate's own Python client against a running server."""

from collections.abc import Callable

import pytest
from pytest_django.live_server_helper import LiveServer
from replicate.client import Client
from replicate.exceptions import ReplicateError
from replicate.pagination import paginate

from catalog.models import AIModel, Collection, Example, FormerName, Version

from .conftest import MakeModel, day

SCHEMA = {"components": {"schemas": {"Output": {"type": "string"}}}}


@pytest.fixture(params=["", "/v1"], ids=["host", "host/v1"])
def replicate(
    request: pytest.FixtureRequest,
    transactional_db: None,
    live_server: LiveServer,
) -> Client:
    """Told the right base address, and the one that belongs in the other clients."""
    return Client(api_token="r8_any", base_url=f"{live_server.url}{request.param}")


@pytest.fixture
def hello(make_model: MakeModel, make_version: Callable[..., Version]) -> AIModel:
    hello = make_model("Replicate/hello-world", summary="Says hello", published_at=day(2))
    make_version(hello, "5c7d", openapi_schema=SCHEMA, created_at=day(2))
    Example.objects.create(ai_model=hello, source_id="p1", input={"text": "you"}, output="hello")
    return hello


def test_it_gets_a_model_with_version_and_example(replicate: Client, hello: AIModel) -> None:
    model = replicate.models.get("replicate/hello-world")

    assert (model.owner, model.name, model.run_count) == ("Replicate", "hello-world", 0)
    assert model.latest_version and model.latest_version.openapi_schema == SCHEMA
    assert model.default_example and model.default_example.output == "hello"


def test_it_gets_versions(replicate: Client, hello: AIModel) -> None:
    model = replicate.models.get("replicate/hello-world")

    assert [version.id for version in model.versions.list()] == ["5c7d"]
    assert model.versions.get("5c7d").openapi_schema == SCHEMA


def test_it_reads_a_renamed_model_though_it_follows_no_redirect(
    replicate: Client, hello: AIModel
) -> None:
    FormerName.objects.create(key="old/hello", ai_model=hello)

    assert replicate.models.get("old/hello").name == "hello-world"


def test_it_walks_through_all_models(replicate: Client, make_model: MakeModel) -> None:
    for number in range(60):
        make_model(f"acme/m{number}", published_at=day(1 + number % 9))

    names = [model.name for page in paginate(replicate.models.list) for model in page.results]

    assert sorted(names) == sorted(f"m{number}" for number in range(60))


def test_it_searches(replicate: Client, hello: AIModel, make_model: MakeModel) -> None:
    make_model("acme/other")

    found = replicate.models.search("hello")

    assert [model.name for model in found.results] == ["hello-world"]
    assert found.results[0].latest_version and found.results[0].latest_version.id == "5c7d"


def test_it_reads_collections(replicate: Client, hello: AIModel) -> None:
    collection = Collection.objects.create(slug="start", name="Start here")
    collection.items.create(ai_model=hello)

    assert [row.slug for row in replicate.collections.list().results] == ["start"]
    assert [model.name for model in replicate.collections.get("start")] == ["hello-world"]


def test_it_shows_what_a_problem_says(replicate: Client) -> None:
    with pytest.raises(ReplicateError) as raised:
        replicate.models.get("nobody/nothing")

    assert raised.value.status == 404
    assert "There is no model nobody/nothing here." in str(raised.value)
