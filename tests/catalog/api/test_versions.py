"""Versions and examples of a model."""

from collections.abc import Callable

from django.test import Client

from catalog.models import AIModel, Example, Version

from .conftest import day


def test_versions_come_newest_first_with_their_schemas(
    client: Client, llama: AIModel, make_version: Callable[..., Version]
) -> None:
    old = make_version(llama, "old", created_at=day(1))
    make_version(llama, "new", created_at=day(2))

    versions = client.get("/v1/models/meta/llama-3-8b/versions").json()["results"]

    assert [version["id"] for version in versions] == ["new", "old"]
    assert versions[1]["openapi_schema"] == old.openapi_schema


def test_versions_are_paged(
    client: Client, llama: AIModel, make_version: Callable[..., Version]
) -> None:
    for number in range(1, 4):
        make_version(llama, f"v{number}", created_at=day(number))

    first = client.get("/v1/models/meta/llama-3-8b/versions?limit=2").json()
    second = client.get(first["next"]).json()

    assert [version["id"] for version in first["results"]] == ["v3", "v2"]
    assert [version["id"] for version in second["results"]] == ["v1"]
    assert second["next"] is None


def test_one_version_by_its_id(
    client: Client, llama: AIModel, make_version: Callable[..., Version]
) -> None:
    make_version(llama, "abc")

    assert client.get("/v1/models/meta/llama-3-8b/versions/abc").json()["id"] == "abc"


def test_an_unknown_version_is_named(client: Client, llama: AIModel) -> None:
    response = client.get("/v1/models/meta/llama-3-8b/versions/abc")

    assert response.status_code == 404
    assert response.json()["detail"] == "The model Meta/Llama-3-8B has no version abc."


def test_examples_with_and_without_a_date(client: Client, llama: AIModel) -> None:
    for source_id, created_at in (("undated", None), ("old", day(1)), ("new", day(2))):
        Example.objects.create(ai_model=llama, source_id=source_id, input={}, created_at=created_at)

    first = client.get("/v1/models/meta/llama-3-8b/examples?limit=2").json()
    second = client.get(first["next"]).json()

    assert [example["id"] for example in first["results"]] == ["new", "old"]
    assert [example["id"] for example in second["results"]] == ["undated"]
