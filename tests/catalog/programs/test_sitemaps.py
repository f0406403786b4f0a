"""The site map, robots.txt and llms.txt: what is public, whole, valid and cheap to ask for."""

import re
from typing import Any
from urllib.parse import unquote
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog import sitemaps
from catalog.models import AIModel, Collection, Publisher
from tests.catalog.pages.conftest import MakeModel

pytestmark = pytest.mark.django_db

HOME = "https://models.example.org"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def locations(client: Client, path: str) -> list[str]:
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("application/xml")
    root = ElementTree.fromstring(response.content)  # noqa: S314 - ours
    found = [one.text or "" for one in root.iter(f"{SITEMAP}loc")]
    assert all(one.startswith(f"{HOME}/") for one in found)
    return [one.removeprefix(HOME) for one in found]


def pages(client: Client) -> set[str]:
    return {path for part in locations(client, "/sitemap.xml") for path in locations(client, part)}


def test_every_public_page_is_in_it_once(client: Client, make_model: MakeModel) -> None:
    Collection.objects.create(slug="picked", name="Picked")
    Collection.objects.create(slug="secret", name="Secret", visibility="private")
    make_model("Acme/a")
    make_model("Acme/b", status="deprecated")

    found = pages(client)

    assert found == {
        *("/", "/models", "/tasks", "/publishers", "/collections", "/docs/api"),
        *("/tasks/text-generation", "/collections/picked", "/publishers/Acme"),
        *("/models/Acme/a", "/models/Acme/b"),
    }
    assert all(client.get(path).status_code == 200 for path in found)


@pytest.mark.parametrize("status", ["draft", "hidden", "removed"])
def test_what_is_not_public_is_not_in_it(client: Client, llama: AIModel, status: str) -> None:
    AIModel.objects.filter(pk=llama.pk).update(status=status)

    assert not [path for path in pages(client) if "Meta" in path or "text-generation" in path]
    assert client.get(part_of(llama)).status_code == 404


def test_it_comes_in_parts_that_none_is_missing_from(
    client: Client, make_model: MakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalog.sitemaps.SIZE", 3)
    made = [make_model(f"acme{number}/m{number}") for number in range(10)]
    for model in made[3:7]:
        model.delete()

    found = pages(client)

    kept = [*range(3), *range(7, 10)]
    assert {path for path in found if path.startswith("/models/")} == {
        f"/models/acme{n}/m{n}" for n in kept
    }
    assert {f"/publishers/acme{n}" for n in kept} <= found
    for part in locations(client, "/sitemap.xml"):
        assert locations(client, part)


def test_odd_names_are_addresses_that_open(client: Client, make_model: MakeModel) -> None:
    make_model("语音 & co/模型 <1>'\"?#%/v2")

    found = pages(client)

    names = {unquote(path) for path in found}
    assert "/models/语音 & co/模型 <1>'\"?#%/v2" in names
    assert all(client.get(path).status_code == 200 for path in found)


def part_of(row: AIModel | Publisher) -> str:
    """On PostgreSQL ids go on from one test to the next."""
    kind = "models" if isinstance(row, AIModel) else "publishers"
    return f"/sitemaps/{kind}-{sitemaps.part_of(row.pk)}.xml"


def test_a_model_tells_when_it_changed(client: Client, llama: AIModel) -> None:
    xml = client.get(part_of(llama)).content.decode()

    day = llama.created_at.date().isoformat()
    assert re.search(rf"<lastmod>{day}T[0-9:]+\+00:00</lastmod>", xml)


@pytest.mark.parametrize(
    "path",
    ["/sitemap.xml", "models", "publishers", "/robots.txt"],
)
def test_what_did_not_change_costs_a_304(client: Client, llama: AIModel, path: str) -> None:
    parts = {"models": part_of(llama), "publishers": part_of(llama.publisher)}
    path = parts.get(path, path)
    tag = client.get(path)["ETag"]

    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
    assert client.head(path).status_code == 200


def test_a_part_that_changed_says_so(client: Client, llama: AIModel) -> None:
    tag = client.get(part_of(llama))["ETag"]
    llama.name = "Llama-4"
    llama.save()

    assert client.get(part_of(llama), headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    "path", ["models-9000", "models-0", "nothing-1", "pages-2", "publishers-9999999999999999999999"]
)
def test_a_part_that_is_not_there_is_a_404(client: Client, llama: AIModel, path: str) -> None:
    assert client.get(f"/sitemaps/{path}.xml").status_code == 404


def test_a_part_needs_two_queries_whatever_it_holds(client: Client, make_model: MakeModel) -> None:
    for number in range(30):
        last = make_model(f"acme/m{number}")
    path = part_of(last)

    with CaptureQueriesContext(connection) as asked:
        client.get(path)

    assert len(asked) == 2


def test_robots_txt_keeps_crawlers_out_of_endless_filters(client: Client, db: None) -> None:
    text = client.get("/robots.txt").content.decode()
    rules = RobotFileParser()
    rules.parse(text.splitlines())

    for path in ("/models/a/b", "/models", "/tasks/x", "/v1/openapi.json", "/models.atom?q=a"):
        assert rules.can_fetch("any", path), path
    for path in ("/admin/", "/models.csv?task=x", "/models.jsonl", "/facets/tag", "/suggestions"):
        assert not rules.can_fetch("any", path), path
    assert "Disallow: /models?*&" in text
    assert f"Sitemap: {HOME}/sitemap.xml" in text


def test_llms_txt_has_the_conventions_form_and_addresses_that_work(
    client: Client, llama: AIModel
) -> None:
    response = client.get("/llms.txt", headers={"Accept-Language": "zh-hans"})

    text = response.content.decode()
    assert text.startswith(f"# Slipway at {HOME}\n\n> ")
    assert "catalog of 1 AI models" in text
    addresses = re.findall(r"\]\((\S+)\)", text)
    assert len(addresses) > 8
    for address in addresses:
        path = address.removeprefix(HOME).replace("OWNER", "Meta").replace("NAME", "Llama-3-8B")
        status = client.get(path).status_code
        assert status == (404 if path.endswith("/readme") else 200), path


def test_pages_lead_to_them(client: Client, llama: AIModel) -> Any:
    html = client.get("/").content.decode()

    assert 'href="/llms.txt"' in html
    assert 'href="/sitemap.xml"' in html
