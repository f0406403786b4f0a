"""Atom feeds: valid whatever the catalog holds, newest first, cheap to ask for again."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import AIModel, Collection
from tests.catalog.pages.conftest import MakeModel

from .conftest import HOSTILE

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
HOME = "https://models.example.org"


def feed(client: Client, path: str = "/models.atom", **headers: str) -> ElementTree.Element:
    """Parsed strictly, with what RFC 4287 demands of each feed and entry."""
    response = client.get(path, headers=headers)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    root = ElementTree.fromstring(response.content)  # noqa: S314 - ours
    assert root.tag == f"{ATOM}feed"
    for part in (root, *root.iter(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(part.findall(f"{ATOM}{name}")) == 1
        assert part.findtext(f"{ATOM}author/{ATOM}name")
        datetime.fromisoformat(text(part, "updated"))
    ids = [text(entry, "id") for entry in root.iter(f"{ATOM}entry")]
    assert len(ids) == len(set(ids))
    return root


def text(part: ElementTree.Element, name: str) -> str:
    return part.findtext(f"{ATOM}{name}") or ""


def titles(root: ElementTree.Element) -> list[str]:
    return [text(entry, "title") for entry in root.iter(f"{ATOM}entry")]


def links(part: ElementTree.Element) -> dict[str, str]:
    return {link.get("rel", ""): link.get("href", "") for link in part.findall(f"{ATOM}link")}


def test_what_came_last_is_first_whatever_the_sort(client: Client, make_model: MakeModel) -> None:
    for name, downloads in (("a", 5), ("b", 9), ("c", 1)):
        make_model(f"acme/{name}", downloads=downloads)

    assert titles(feed(client, "/models.atom?sort=downloads")) == ["acme/c", "acme/b", "acme/a"]


def test_sorted_by_update_it_tells_what_changed_last(
    client: Client, make_model: MakeModel, in_step: Callable[[], int]
) -> None:
    now = datetime.now(UTC)
    for name, days in (("a", 1), ("b", 3), ("c", 2)):
        make_model(f"acme/{name}", source_updated_at=now - timedelta(days=days))
    in_step()

    assert titles(feed(client, "/models.atom?sort=updated")) == ["acme/a", "acme/c", "acme/b"]


def test_a_text_fits_what_a_search_finds_ordered_by_newest(
    client: Client, make_model: MakeModel, in_step: Callable[[], int]
) -> None:
    make_model("acme/whisper", downloads=100)
    make_model("acme/bert")
    make_model("acme/whisper-small")
    in_step()

    root = feed(client, "/models.atom?q=wisper")

    assert titles(root) == ["acme/whisper-small", "acme/whisper"]


def test_filters_hold_and_not_means_not(client: Client, make_model: MakeModel) -> None:
    make_model("acme/a", languages=["zh"])
    make_model("acme/b", languages=["zh", "en"])

    assert titles(feed(client, "/models.atom?language=zh&language=-en")) == ["acme/a"]


def test_an_entry_tells_what_a_line_of_the_results_does(client: Client, llama: AIModel) -> None:
    entry = next(feed(client).iter(f"{ATOM}entry"))

    assert text(entry, "id") == f"tag:models.example.org,2026:model/{llama.pk}"
    assert links(entry)["alternate"].startswith(f"{HOME}/models/Meta/Llama-3-8B")
    assert text(entry, "summary") == (
        "A language model\nText Generation · Transformers · 8B parameters · context 128K · "
        "needs ≈ 18.8 GB · mit (Open)"
    )
    assert [category.get("term") for category in entry.findall(f"{ATOM}category")] == [
        "Text Generation",
        "Transformers",
        "mit",
    ]
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Meta"


def test_an_entry_keeps_its_id_when_the_model_is_renamed(client: Client, llama: AIModel) -> None:
    before = text(next(feed(client).iter(f"{ATOM}entry")), "id")
    llama.name = "Llama-3.0"
    llama.save()

    assert text(next(feed(client).iter(f"{ATOM}entry")), "id") == before


def test_the_feed_says_which_search_it_is_and_where(client: Client, llama: AIModel) -> None:
    root = feed(client, "/models.atom?q=a+b&task=-text-generation&sort=likes&lang=en")

    assert text(root, "title") == "Slipway models: “a b”, not Task: Text Generation"
    assert links(root)["self"] == f"{HOME}/models.atom?q=a+b&task=-text-generation"
    assert links(root)["alternate"] == f"{HOME}/models?q=a+b&task=-text-generation"
    assert text(root, "id") == f"{HOME}/models.atom?q=a+b&task=-text-generation"


def test_a_feed_speaks_the_readers_language(client: Client, llama: AIModel) -> None:
    root = feed(client, "/models.atom?q=语音", **{"Accept-Language": "zh-hans"})

    assert "“语音”" in text(root, "title")
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "zh-hans"


def test_nothing_that_a_catalog_holds_breaks_the_xml(client: Client, make_model: MakeModel) -> None:
    sound = HOSTILE.replace("\0", "")  # which no database stores
    make_model("acme/a", summary=sound, license=None, license_text=sound[:100])
    make_model(f"ev\x1bil/{sound}".replace("/ ", " "))

    root = feed(client, "/models.atom?q=" + "%00%1b%ef%bf%be]]%3E")

    assert "]]>" in text(root, "title")
    everything = feed(client)
    assert "]]> <script>&amp;" in text(list(everything.iter(f"{ATOM}entry"))[1], "summary")
    assert len(titles(everything)) == 2


def test_a_feed_without_entries_is_valid_and_does_not_look_changed(
    client: Client, make_model: MakeModel
) -> None:
    first = client.get("/models.atom?publisher=nobody")

    feed(client, "/models.atom?publisher=nobody")
    again = client.get("/models.atom?publisher=nobody", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("status", ["draft", "hidden", "removed"])
def test_what_is_not_public_is_in_no_feed(
    client: Client, llama: AIModel, in_step: Callable[[], int], status: str
) -> None:
    picked = Collection.objects.create(slug="picked", name="Picked")
    picked.items.create(ai_model=llama)
    in_step()
    AIModel.objects.filter(pk=llama.pk).update(status=status)

    paths = ("/models.atom", "/models.atom?q=llama", "/models.atom?q=llama&sort=updated")
    for path in (*paths, "/collections/picked.atom"):
        assert titles(feed(client, path)) == []


def test_pages_of_a_feed_are_linked(
    client: Client, make_model: MakeModel, monkeypatch: Any
) -> None:
    monkeypatch.setattr("catalog.feeds.ENTRIES", 2)
    for number in range(5):
        make_model(f"acme/m{number}")

    pages = [feed(client)]
    while "next" in links(pages[-1]):
        pages.append(feed(client, links(pages[-1])["next"].removeprefix(HOME)))

    assert [titles(page) for page in pages] == [
        ["acme/m4", "acme/m3"],
        ["acme/m2", "acme/m1"],
        ["acme/m0"],
    ]
    assert links(pages[1])["previous"] == f"{HOME}/models.atom"
    assert links(pages[1])["self"] == f"{HOME}/models.atom?page=2"
    assert len({text(page, "id") for page in pages}) == 1


def test_an_unchanged_feed_costs_a_304(client: Client, llama: AIModel) -> None:
    first = client.get("/models.atom")

    by_tag = client.get("/models.atom", headers={"If-None-Match": first["ETag"]})
    by_date = client.get("/models.atom", headers={"If-Modified-Since": first["Last-Modified"]})
    llama.summary = "Another word"
    llama.save()
    changed = client.get("/models.atom", headers={"If-None-Match": first["ETag"]})

    assert (by_tag.status_code, by_date.status_code, changed.status_code) == (304, 304, 200)
    assert "max-age=300" in first["Cache-Control"]
    assert client.head("/models.atom").status_code == 200


def test_a_feed_needs_the_same_few_queries_whatever_its_length(
    client: Client, make_model: MakeModel
) -> None:
    for number in range(20):
        make_model(f"acme/m{number}")
    client.get("/models.atom")  # the names of tasks and libraries are remembered

    with CaptureQueriesContext(connection) as asked:
        client.get("/models.atom")

    needed = [one for one in asked if "searchterm" not in one["sql"]]  # kept for two seconds
    assert len(needed) == 3  # ids, rows, dates


def test_a_collections_feed_has_what_was_picked_last_first_with_the_note(
    client: Client, llama: AIModel, make_model: MakeModel
) -> None:
    picked = Collection.objects.create(slug="Picked", name="Picked & good")
    picked.items.create(ai_model=llama, note="Small and good.")
    picked.items.create(ai_model=make_model("acme/b"), note="")

    root = feed(client, "/collections/Picked.atom")

    assert titles(root) == ["acme/b", "Meta/Llama-3-8B"]
    assert text(list(root.iter(f"{ATOM}entry"))[1], "summary").startswith("Small and good.\n")
    assert client.get("/collections/picked.atom").status_code == 301
    assert client.get("/collections/none.atom").status_code == 404


def test_a_private_collection_has_no_feed(client: Client, db: None) -> None:
    Collection.objects.create(slug="secret", name="Secret", visibility="private")

    assert client.get("/collections/secret.atom").status_code == 404


@pytest.mark.parametrize(
    ("page", "address"),
    [
        ("/models?q=llama&sort=likes", "/models.atom?q=llama"),
        ("/tasks/text-generation", "/models.atom?task=text-generation"),
        ("/publishers/Meta", "/models.atom?publisher=Meta"),
        ("/collections/picked", "/collections/picked.atom"),
    ],
)
def test_pages_name_their_feed_to_programs_and_people(
    client: Client, llama: AIModel, page: str, address: str
) -> None:
    Collection.objects.create(slug="picked", name="Picked")

    html = client.get(page).content.decode()

    assert html.count(f'href="{address}"') == 2
    assert 'rel="alternate" type="application/atom+xml"' in html
    feed(client, address)


def test_the_search_page_offers_all_of_it_as_files(client: Client, make_model: MakeModel) -> None:
    make_model("acme/a")
    make_model("acme/b")

    html = client.get("/models?publisher=acme&sort=likes").content.decode()
    nothing = client.get("/models?publisher=nobody").content.decode()

    assert "Download all 2:" in html
    assert 'href="/models.csv?publisher=acme&amp;sort=likes"' in html
    assert 'href="/models.jsonl?publisher=acme&amp;sort=likes"' in html
    assert "Download all" not in nothing
    assert 'href="/models.atom?publisher=nobody"' in nothing
