"""Searching: GET and QUERY /v1/models, and GET /v1/search."""

import json
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.models import AIModel, Collection
from catalog.search import breaker, indexing

from .conftest import MakeModel


@pytest.fixture(params=["index", "database"])
def catalog(request: pytest.FixtureRequest, make_model: MakeModel) -> None:
    """Searched by the engine, and by the database that stands in for it."""
    for number in range(5):
        make_model(f"acme/llama-{number}", runs=number, license_class="open")
    make_model("acme/whisper", license_class="non-commercial")
    make_model("acme/llama-secret", status="hidden")
    if request.param == "index":
        indexing.rebuild()


def names(answer: dict[str, Any]) -> list[str]:
    return [model["name"] for model in answer["results"]]


def query(client: Client, address: str, body: str, content_type: str = "text/plain") -> Any:
    return client.generic("QUERY", address, body, content_type=content_type)


@pytest.mark.parametrize("parameter", ["q=llama", "license_class=open", "q=llama&sort=runs"])
def test_a_search_answers_total_and_facets(client: Client, catalog: None, parameter: str) -> None:
    answer = client.get(f"/v1/models?{parameter}&facets=license_class").json()

    assert answer["total"] == 5
    assert answer["facets"].keys() == {"license_class"}
    assert answer["facets"]["license_class"][0] == {"value": "open", "count": 5}
    assert sorted(names(answer)) == [f"llama-{number}" for number in range(5)]


def test_facets_alone_count_the_whole_catalog(client: Client, catalog: None) -> None:
    answer = client.get("/v1/models?facets=license_class").json()

    assert answer["total"] == 6
    assert answer["facets"]["license_class"][0] == {"value": "open", "count": 5}


def test_a_search_counts_the_usual_facets_unless_told(client: Client, catalog: None) -> None:
    usual = client.get("/v1/models?q=llama").json()
    none = client.get("/v1/models?q=llama&facets=").json()

    assert {"task", "library", "license"} <= usual["facets"].keys()
    assert none["facets"] == {}


def test_a_minus_rules_a_value_out(client: Client, catalog: None) -> None:
    answer = client.get("/v1/models?license_class=-open").json()

    assert names(answer) == ["whisper"]


def test_a_search_is_paged_both_ways(client: Client, catalog: None) -> None:
    first = client.get("/v1/models?q=llama&limit=2&sort=runs").json()
    second = client.get(first["next"]).json()
    third = client.get(second["next"]).json()

    assert [names(page) for page in (first, second, third)] == [
        ["llama-4", "llama-3"],
        ["llama-2", "llama-1"],
        ["llama-0"],
    ]
    assert (first["previous"], third["next"]) == (None, None)
    assert client.get(third["previous"]).json()["results"] == second["results"]


@pytest.mark.parametrize("prefix", ["/v1", "/v1/v1"])
@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("llama", "text/plain"),  # Python client 1
        ('"llama"', "text/plain"),  # JavaScript client
        ('"llama"', "application/json"),  # Python client 2
        ("  llama\n", "text/plain; charset=utf-8"),
    ],
)
def test_query_takes_the_text_as_every_client_sends_it(
    client: Client, catalog: None, prefix: str, body: str, content_type: str
) -> None:
    answer = query(client, f"{prefix}/models", body, content_type).json()

    assert (answer["total"], answer["results"][0]["name"][:5]) == (5, "llama")


@pytest.mark.parametrize("body", ["", "llama"])
def test_query_is_answered_on_the_address_of_a_next_page(
    client: Client, catalog: None, body: str
) -> None:
    first = query(client, "/v1/models?limit=3&sort=runs", "llama").json()
    second = query(client, first["next"], body).json()

    assert names(first) + names(second) == [f"llama-{number}" for number in (4, 3, 2, 1, 0)]
    assert names(client.get(first["next"]).json()) == names(second)


@pytest.mark.parametrize(
    ("body", "content_type", "status", "sentence"),
    [
        ("[1]", "application/json", 400, "one JSON string"),
        ("llama", "application/json", 400, "one JSON string"),
        ("[" * 9_000, "application/json", 400, "one JSON string"),
        ("x" * 20_001, "text/plain", 400, "shorten the query"),
        ("x" * 2_000, "text/plain", 400, "q: "),
        ("<q/>", "application/xml", 415, "application/xml"),
    ],
)
def test_a_wrong_body_is_told_what_would_be_right(
    client: Client, db: None, body: str, content_type: str, status: int, sentence: str
) -> None:
    response = query(client, "/v1/models", body, content_type)

    assert response.status_code == status
    assert sentence in response.json()["detail"]


def test_a_body_that_is_not_utf8_is_refused(client: Client, db: None) -> None:
    response = client.generic("QUERY", "/v1/models", b"\xff\xfe", content_type="text/plain")

    assert response.json()["detail"] == "The body is not UTF-8; send the query as UTF-8 text."


def test_query_needs_no_csrf_token(catalog: None) -> None:
    strict = Client(enforce_csrf_checks=True)

    assert query(strict, "/v1/models", "llama").status_code == 200


def test_search_answers_models_collections_and_pages(
    client: Client, llama: AIModel, collection: Collection
) -> None:
    answer = client.get("/v1/search?query=llama").json()

    assert answer["query"] == "llama"
    assert answer["models"][0]["model"]["name"] == "Llama-3-8B"
    assert answer["models"][0]["metadata"].keys() == {"tags", "score", "generated_description"}
    assert (answer["collections"], answer["pages"]) == ([], [])


def test_search_finds_collections_by_their_words(
    client: Client, llama: AIModel, collection: Collection
) -> None:
    Collection.objects.create(slug="private", name="Language secrets", visibility="private")

    found = client.get("/v1/search?query=language").json()["collections"]

    assert [(row["slug"], row["models"]) for row in found] == [
        ("language-models", ["Meta/Llama-3-8B"])
    ]


@pytest.mark.parametrize("parameters", ["", "query=", "query=x&limit=51", "query=x&q=y"])
def test_search_names_what_is_wrong(client: Client, db: None, parameters: str) -> None:
    response = client.get(f"/v1/search?{parameters}")

    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] in ("query", "limit", "q")


@pytest.mark.parametrize(
    "text", ["\x00", "'", '"', "\\", "a:b", "💥" * 400, "(((", "the of and", "\u202e", "%", "*"]
)
def test_hostile_text_is_answered_or_refused(client: Client, catalog: None, text: str) -> None:
    answers = [
        client.get("/v1/models", {"q": text}),
        client.get("/v1/search", {"query": text}),
        query(client, "/v1/models", text),
        query(client, "/v1/models", json.dumps(text), "application/json"),
    ]

    assert {answer.status_code for answer in answers} <= {200, 400}
    assert all("secret" not in answer.text for answer in answers)


def test_a_degraded_answer_says_so(client: Client, llama: AIModel) -> None:
    before = client.get("/v1/models?q=llama").json()
    indexing.rebuild()
    breaker.close()
    after = client.get("/v1/models?q=llama").json()

    assert (before["is_degraded"], after["is_degraded"]) == (True, False)
    assert before["results"] == after["results"]


def test_a_model_that_was_hidden_since_is_left_out(client: Client, catalog: None) -> None:
    AIModel.objects.filter(name="llama-3").update(status="hidden")

    assert "llama-3" not in names(client.get("/v1/models?q=llama").json())


def test_a_search_costs_the_same_queries_however_many_it_finds(
    client: Client, make_model: MakeModel, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        make_model(f"acme/llama-{number}")
    indexing.rebuild()
    client.get("/v1/models?q=llama")  # the terms of curators are remembered now

    for limit in (1, 30):
        with django_assert_max_num_queries(4):
            answer = client.get(f"/v1/models?q=llama&limit={limit}").json()
        assert len(answer["results"]) == limit
