"""Every error below /v1 is a problem; every answer is open to browsers."""

from typing import Any

import pytest
from django.test import Client

from catalog import search
from catalog.models import AIModel


@pytest.mark.parametrize(
    ("method", "path", "accept", "status"),
    [
        ("GET", "/v1/models/a/b", "*/*", 404),
        ("GET", "/v1/nothing", "*/*", 404),
        ("GET", "/v1/v1/nothing", "text/html", 404),
        ("GET", "/v1/models/", "*/*", 404),
        ("POST", "/v1/search", "*/*", 405),
        ("QUERY", "/v1/collections", "*/*", 405),
        ("POST", "/v1/openapi.json", "*/*", 405),
        ("GET", "/v1/models", "image/png", 406),
        ("QUERY", "/v1/models", "*/*", 415),
    ],
)
def test_every_error_is_a_problem(
    client: Client, db: None, method: str, path: str, accept: str, status: int
) -> None:
    response = client.generic(
        method, path, "x", content_type="image/png", headers={"Accept": accept}
    )

    problem = response.json()
    assert response["Content-Type"] == "application/problem+json"
    assert (response.status_code, problem["status"], problem["instance"]) == (status, status, path)
    assert problem["type"].startswith("http://127.0.0.1:8000/docs/api#")
    assert problem["title"] and problem["detail"]
    assert problem["request_id"] == response["X-Request-Id"]
    assert response["Cache-Control"] == "no-store"


def test_a_bug_is_a_problem_that_tells_nothing_of_the_inside(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(_: Any) -> None:
        raise RuntimeError("the password is hunter2")

    monkeypatch.setattr(search, "find", break_down)
    client.raise_request_exception = False

    response = client.get("/v1/models?q=x")

    assert response.status_code == 500
    assert response["Content-Type"] == "application/problem+json"
    assert "hunter2" not in response.text


def test_a_host_that_is_not_ours_is_a_problem(client: Client) -> None:
    response = client.get("/v1/models?q=x", headers={"Host": "evil.example"})

    assert (response.status_code, response.json()["status"]) == (400, 400)


def test_a_slash_too_many_is_told_the_right_route(client: Client, llama: AIModel) -> None:
    response = client.get("/v1/models/meta/llama-3-8b/readme/")

    assert response.json()["detail"] == (
        "Routes end without a slash: /v1/models/meta/llama-3-8b/readme"
    )


def test_a_wrong_method_is_told_the_right_ones(client: Client, db: None) -> None:
    assert client.post("/v1/models")["Allow"] == "GET, HEAD, QUERY"


def test_any_page_may_ask(client: Client, db: None) -> None:
    response = client.get("/v1/collections", headers={"Origin": "https://example.org"})
    preflight = client.options(
        "/v1/models",
        headers={"Origin": "https://example.org", "Access-Control-Request-Method": "QUERY"},
    )

    assert response["Access-Control-Allow-Origin"] == "*"
    assert preflight.status_code == 204
    assert "QUERY" in preflight["Access-Control-Allow-Methods"]
    assert "Authorization" in preflight["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in preflight


def test_pages_stay_closed_to_other_origins(client: Client, db: None) -> None:
    assert "Access-Control-Allow-Origin" not in client.get("/livez")


def test_the_root_names_where_to_start(client: Client, db: None) -> None:
    addresses = client.get("/v1").json()

    assert addresses["models"] == "http://testserver/v1/models"
    assert addresses["openapi"] == "http://testserver/v1/openapi.json"


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("/v1/models", "GET, HEAD, OPTIONS, QUERY"),
        ("/v1/models/a/b", "GET, HEAD, OPTIONS"),
        ("/v1/deployments/a/b/stop", "OPTIONS, POST"),
    ],
)
def test_a_route_says_what_it_answers(client: Client, address: str, allowed: str) -> None:
    assert client.options(address)["Allow"] == allowed
