"""openapi.json is current, valid, served, and every answer keeps to it."""

import json
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from jsonschema import Draft202012Validator

from catalog.api.parameters import KNOWN_NAMES
from catalog.models import AIModel, Collection, Example, Offer, Version

from .conftest import day

COMMITTED = settings.BASE_DIR / "openapi.json"


@pytest.fixture
def contract() -> Any:
    return json.loads(COMMITTED.read_text())


@pytest.fixture
def full(llama: AIModel, collection: Collection, make_version: Callable[..., Version]) -> AIModel:
    """A model with something in every field that can hold something."""
    version = make_version(llama, "v1", created_at=day(3))
    Example.objects.create(
        ai_model=llama, source_id="p1", version_id=version.version_id, input={"a": 1}, seconds=2
    )
    Offer.objects.create(
        ai_model=llama, provider="Acme", unit="per M input tokens", amount="0.15", seen_at=day(4)
    )
    AIModel.objects.update(
        languages=["en"], tags=["chat"], formats=["gguf"], base_model_names=["a/b"], gate="auto"
    )
    return llama


def test_the_committed_contract_is_current() -> None:
    written = StringIO()

    call_command(
        "spectacular", "--format=openapi-json", "--validate", "--fail-on-warn", stdout=written
    )

    assert written.getvalue().strip() == COMMITTED.read_text().strip(), "run make openapi"


def test_the_contract_is_served_and_can_be_revalidated(client: Client, db: None) -> None:
    response = client.get("/v1/openapi.json")
    again = client.get("/v1/openapi.json", headers={"If-None-Match": response["ETag"]})

    assert response.content == COMMITTED.read_bytes()
    assert (response["Content-Type"], again.status_code) == ("application/json", 304)


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("/v1", "/v1"),
        ("/v1/models", "/v1/models"),
        ("/v1/models", "/v1/models?expand=schema,example"),
        ("/v1/models", "/v1/models?q=llama"),
        ("/v1/search", "/v1/search?query=language"),
        ("/v1/search", "/v1/search?query=llama"),
        ("/v1/models/{owner}/{name}", "/v1/models/meta/llama-3-8b"),
        ("/v1/models/{owner}/{name}/versions", "/v1/models/meta/llama-3-8b/versions"),
        (
            "/v1/models/{owner}/{name}/versions/{version_id}",
            "/v1/models/meta/llama-3-8b/versions/v1",
        ),
        ("/v1/models/{owner}/{name}/examples", "/v1/models/meta/llama-3-8b/examples"),
        ("/v1/collections", "/v1/collections"),
        ("/v1/collections/{slug}", "/v1/collections/language-models"),
        ("/v1/models", "/v1/models?limit=0"),
        ("/v1/models/{owner}/{name}", "/v1/models/no/body"),
    ],
)
def test_every_answer_keeps_to_the_contract(
    client: Client, full: AIModel, contract: Any, path: str, address: str
) -> None:
    response = client.get(address)
    described = contract["paths"][path]["get"]["responses"][str(response.status_code)]
    (media,) = described["content"].values()

    errors = Draft202012Validator({**_closed(contract), **media["schema"]}).iter_errors(
        response.json()
    )

    assert [f"{error.json_path}: {error.message}" for error in errors] == []
    assert response["Content-Type"] in described["content"]


def test_every_operation_says_what_it_is(contract: Any) -> None:
    for operation in _operations(contract):
        assert operation["operationId"] and operation["summary"] and operation["tags"]
        for parameter in operation.get("parameters", []):
            assert parameter.get("description"), (operation["operationId"], parameter["name"])


def test_the_contract_takes_the_parameters_that_the_code_takes(contract: Any) -> None:
    described = contract["paths"]["/v1/models"]["get"]["parameters"]

    assert {parameter["name"] for parameter in described} == set(KNOWN_NAMES)


def _operations(contract: Any) -> Iterator[Any]:
    return (operation for item in contract["paths"].values() for operation in item.values())


def _closed(contract: Any) -> dict[str, Any]:
    """The contract's shapes, with fields that it does not name forbidden."""
    schemas = contract["components"]["schemas"]
    for schema in schemas.values():
        if "properties" in schema:
            schema["additionalProperties"] = False
    return {"components": contract["components"]}
