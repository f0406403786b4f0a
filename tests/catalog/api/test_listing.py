"""GET /v1/models without a search: Replicate's order, cursor pages that inserts do not move."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.models import AIModel, Version

from .conftest import MakeModel, day


@pytest.fixture
def catalog(make_model: MakeModel, make_version: Callable[..., Version]) -> None:
    """In the order of their latest versions: v2, v1; then by date d2, d1; then the newest row."""
    make_version(make_model("a/v1", published_at=day(9)), created_at=day(5))
    v2 = make_model("a/v2")
    make_version(v2, "older", created_at=day(1))
    make_version(v2, "newer", created_at=day(6))
    for name, published_at in (("d1", day(1)), ("d2", day(2)), ("n1", None), ("n2", None)):
        make_model(f"a/{name}", published_at=published_at)
    make_model("a/hidden", status="hidden")


BY_VERSION = ["v2", "v1", "d2", "d1", "n2", "n1"]
BY_MODEL = ["v1", "d2", "d1", "n2", "n1", "v2"]


def names(answer: dict[str, Any]) -> list[str]:
    return [model["name"] for model in answer["results"]]


def all_pages(client: Client, address: str, way: str = "next") -> list[list[str]]:
    pages = []
    while address:
        answer = client.get(address).json()
        pages.append(names(answer))
        address = answer[way]
    return pages


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 100])
@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("", BY_VERSION),
        ("sort_by=model_created_at", BY_MODEL),
        ("sort_direction=asc", BY_VERSION[::-1]),
        ("sort_by=model_created_at&sort_direction=asc", BY_MODEL[::-1]),
    ],
)
def test_every_model_comes_once_and_in_order(
    client: Client, catalog: None, order: str, expected: list[str], limit: int
) -> None:
    pages = all_pages(client, f"/v1/models?limit={limit}&{order}")

    assert [name for page in pages for name in page] == expected
    assert len(pages) == -(-len(expected) // limit)


@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_previous_leads_back_over_the_same_pages(
    client: Client, catalog: None, direction: str
) -> None:
    address = f"/v1/models?limit=2&sort_direction={direction}"
    second = client.get(client.get(address).json()["next"]).json()
    third = client.get(second["next"]).json()

    back = all_pages(client, third["previous"], "previous")

    assert back == [names(second), names(client.get(address).json())]


def test_an_insert_moves_nothing_on_the_way(
    client: Client, catalog: None, make_model: MakeModel
) -> None:
    first = client.get("/v1/models?sort_by=model_created_at&limit=2").json()
    make_model("a/newest", published_at=day(20))
    AIModel.objects.filter(name="d2").delete()

    second = client.get(first["next"]).json()

    assert names(first) + names(second) == ["v1", "d2", "d1", "n2"]


def test_links_are_absolute_and_keep_host_prefix_and_parameters(
    client: Client, catalog: None
) -> None:
    answer = client.get("/v1/v1/models?limit=2&sort_direction=asc", headers={"Host": "localhost"})

    address = answer.json()["next"]
    assert address.startswith("http://localhost/v1/v1/models?limit=2&sort_direction=asc&cursor=")


def test_the_plain_listing_counts_nothing(client: Client, catalog: None) -> None:
    assert client.get("/v1/models").json().keys() == {"next", "previous", "results"}


def test_versions_in_a_listing_leave_their_schema_out(client: Client, catalog: None) -> None:
    thin = client.get("/v1/models?limit=1").json()["results"][0]
    full = client.get("/v1/models?limit=1&expand=schema,example").json()["results"][0]

    assert (thin["latest_version"]["id"], thin["latest_version"]["openapi_schema"]) == ("newer", {})
    assert full["latest_version"]["openapi_schema"]["components"]


@pytest.mark.parametrize("limit", [2, 6])
def test_a_page_costs_the_same_queries_however_long(
    client: Client,
    catalog: None,
    limit: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_max_num_queries(6):
        client.get(f"/v1/models?limit={limit}")


@pytest.mark.parametrize(
    ("query", "field", "sentence"),
    [
        ("limit=0", "limit", "Write a whole number from 1 to 100."),
        ("limit=101", "limit", "Write a whole number from 1 to 100."),
        ("limit=x", "limit", "Write a whole number from 1 to 100."),
        ("sort_by=age", "sort_by", "it can be latest_version_created_at, model_created_at"),
        ("sort_direction=up", "sort_direction", "it can be desc, asc"),
        ("cursor=abc", "cursor", "leave it out to start at the first page"),
        ("cursor=%00", "cursor", ""),
        ("expand=everything", "expand", "it can be schema, example"),
        ("licence=mit", "licence", "license was perhaps meant"),
        ("page=2", "page", "pages by cursor"),
        ("colour=red", "colour", "There is no such parameter; there are q, task"),
        ("q=x&sort_by=model_created_at", "sort_by", "use sort"),
        ("q=x&sort=best", "sort", "it can be relevance"),
        ("facets=colour", "facets", "it can be task, library"),
        ("params_min=big", "params_min", "7B"),
    ],
)
def test_a_wrong_value_is_named_with_what_would_be_right(
    client: Client, db: None, query: str, field: str, sentence: str
) -> None:
    response = client.get(f"/v1/models?{query}")

    problem = response.json()
    assert (response.status_code, problem["status"]) == (400, 400)
    assert [error["field"] for error in problem["errors"]] == [field]
    assert sentence in problem["errors"][0]["detail"]
    assert problem["detail"].startswith(f"{field}: ")


def test_a_cursor_of_another_order_is_refused(client: Client, catalog: None) -> None:
    cursor = client.get("/v1/models?limit=1").json()["next"].partition("cursor=")[2]

    for other in ("sort_direction=asc", "sort_by=model_created_at", "q=x"):
        response = client.get(f"/v1/models?{other}&cursor={cursor}")

        assert response.json()["errors"][0]["field"] == "cursor"
