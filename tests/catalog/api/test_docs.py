"""/docs/api: the contract for people."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from catalog.models import AIModel, Collection, Version
from config.api import docs


@pytest.fixture
def page(
    client: Client,
    llama: AIModel,
    collection: Collection,
    make_version: Callable[..., Version],
) -> str:
    make_version(llama, "abc")
    return client.get("/docs/api").text


def test_every_operation_and_shape_is_there(page: str) -> None:
    for group in docs.groups({}):
        for operation in group.operations:
            assert f'id="{operation.anchor}"' in page
    for name, rows in docs.shapes():
        assert f'id="shape-{name}"' in page
        assert all(f"<code>{row.name}</code>" in page for row in rows)


def test_every_example_can_be_run_as_it_stands(client: Client, page: str) -> None:
    addresses = re.findall(r'<a href="(/v1[^"]*)">See the answer', page)

    assert len(addresses) == 10
    for address in addresses:
        assert client.get(address.replace("&amp;", "&")).status_code in (200, 404), address
    missing = [one for one in addresses if client.get(one).status_code == 404]
    assert missing == ["/v1/models/Meta/Llama-3-8B/readme"]  # it has none


def test_snippets_name_this_host_and_each_client_its_own_base(page: str) -> None:
    assert 'Client(base_url="http://testserver", api_token="any")' in page
    assert 'Replicate(base_url="http://testserver/v1", bearer_token="any")' in page
    assert 'new Replicate({ baseUrl: "http://testserver/v1", auth: "any" })' in page


def test_the_type_of_a_problem_leads_to_its_explanation(client: Client, page: str) -> None:
    answers = [
        client.get("/v1/models?limit=0"),
        client.get("/v1/nothing"),
        client.post("/v1/models"),
        client.get("/v1/models", headers={"Accept": "image/png"}),
        client.generic("QUERY", "/v1/models", "x", content_type="image/png"),
    ]

    for answer in answers:
        anchor = answer.json()["type"].partition("/docs/api#")[2]
        assert f'id="{anchor}"' in page


def test_every_link_within_the_page_has_its_target(page: str) -> None:
    targets = set(re.findall(r'href="#([^"]+)"', page))

    assert targets
    assert targets <= set(re.findall(r'id="([^"]+)"', page))


def test_an_empty_catalog_has_docs_too(client: Client, db: None) -> None:
    response = client.get("/docs/api")

    assert response.status_code == 200
    assert "/v1/models/{owner}/{name}" in response.text


@pytest.mark.django_db
def test_a_parameter_tells_its_kind_though_it_may_be_empty(client: Client) -> None:
    page = client.get("/docs/api").content.decode()

    kinds = re.findall(r"<code>limit</code>.*?<td>(.*?)</td>", page, re.DOTALL)
    assert "integer" in kinds
    assert "any value" not in kinds
