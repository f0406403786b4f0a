"""Copies under their originals on the search page, as somebody without JavaScript sees them."""

import re
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from catalog.sources import copies

from .conftest import MakeModel

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from catalog.models import AIModel

pytestmark = pytest.mark.django_db


@pytest.fixture
def qwen(make_model: MakeModel) -> "AIModel":
    base = make_model("Qwen/Qwen3-8B", popularity=5)
    for number, name in enumerate(("a/Qwen3-8B-GGUF", "b/Qwen3-8B-AWQ", "c/Qwen3-8B-GGUF")):
        make_model(name, base_model=base, popularity=3 - number, downloads=1000 - number)
    copies.resolve()
    return base


def page_at(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, response
    return response.content.decode()


def test_one_line_stands_for_the_group_and_holds_its_copies(
    client: Client, qwen: "AIModel"
) -> None:
    page = page_at(client, "/models?q=qwen3-8b")

    assert page.count('class="row"') == 1
    assert "<b>3 variants</b>" in page
    assert ": GGUF, AWQ<" in page
    assert 'href="/models/b/Qwen3-8B-AWQ"' in page


def test_the_headline_counts_models_and_a_sentence_the_copies(
    client: Client, qwen: "AIModel"
) -> None:
    page = page_at(client, "/models?q=qwen3-8b")

    assert "4 models for “qwen3-8b”" in page
    assert "3 of them are copies, shown under their originals." in page


def test_a_switch_shows_all_one_by_one_and_keeps_the_rest(client: Client, qwen: "AIModel") -> None:
    page = page_at(client, "/models?q=qwen3-8b&license_class=open&sort=likes")
    link = "/models?q=qwen3-8b&amp;license_class=open&amp;sort=likes&amp;variants=all"
    assert f'href="{link}"' in page

    page = page_at(client, link.replace("&amp;", "&"))

    assert page.count('class="row"') == 4
    assert "Every copy is a line of its own." in page
    assert 'name="variants" value="all"' in page
    assert "Remove filter: variants" not in page
    assert f'href="{link.removesuffix("&amp;variants=all")}"' in page


def test_what_goes_without_saying_is_not_in_the_address(client: Client, qwen: "AIModel") -> None:
    answer = client.get("/models?q=qwen3-8b&variants=folded&task=")

    assert answer["Location"] == "/models?q=qwen3-8b"


def test_a_wrong_word_is_answered_with_a_sentence(client: Client) -> None:
    answer = client.get("/models?variants=some")

    assert answer.status_code == 400
    assert "it can be folded, all" in answer.content.decode()


def test_pages_count_lines(client: Client, make_model: MakeModel, qwen: "AIModel") -> None:
    for number in range(24):
        make_model(f"acme/qwen3-8b-number-{number}")

    first = page_at(client, "/models?q=qwen3-8b")
    second = page_at(client, "/models?q=qwen3-8b&page=2")

    assert "1–24 of 25" in first
    names = re.findall(r'class="row-name"><a href="([^"]+)"', first + second)
    assert len(names) == len(set(names)) == 25


def test_a_hidden_copy_is_not_under_its_original(client: Client, qwen: "AIModel") -> None:
    qwen.copies.filter(name="Qwen3-8B-AWQ").update(status="hidden")

    page = page_at(client, "/models?q=qwen3-8b")

    assert "Qwen3-8B-AWQ" not in page
    assert "<b>2 variants</b>" in page


@pytest.mark.parametrize("count", [1, 20])
def test_groups_need_as_many_queries_for_twenty_as_for_one(
    client: Client,
    make_model: MakeModel,
    count: int,
    django_assert_max_num_queries: "DjangoAssertNumQueries",
) -> None:
    for number in range(count):
        base = make_model(f"acme/falcon-{number}b")
        make_model(f"bob/falcon-{number}b-gguf", base_model=base)
    copies.resolve()
    client.get("/models")  # names of tasks and the like are remembered now

    with django_assert_max_num_queries(11):  # two more than without groups
        page = page_at(client, "/models")

    assert page.count('class="copies"') == count
