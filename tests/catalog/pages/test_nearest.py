"""Did you mean: what is offered when nothing has all the words."""

import re
from pathlib import Path

import pytest
from django.test import Client

from catalog.search import indexing
from tests.contract.conftest import embedded, engine, meilisearch

from .conftest import MakeModel

__all__ = ["embedded", "engine", "meilisearch"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("engine")]


@pytest.fixture
def few(engine: str, make_model: MakeModel) -> None:
    make_model("openai/whisper-large-v3", popularity=6)
    make_model("stability-ai/stable-diffusion", popularity=7)
    make_model("qwen/qwen3-8b", popularity=5, task_id=None)
    indexing.sweep()


def offered(client: Client, query: str) -> str:
    """The sentence as it is read."""
    page = client.get("/models", query_params=dict([query.split("=", 1)] if query else []))
    found = re.search(r'<p class="nearest">(.*?)</p>', page.content.decode(), re.DOTALL)
    return re.sub(r"<[^>]+>", "", found[1]).strip() if found else ""


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("stabbel difusionn", "Did you mean stable diffusion 1"),
        ("whissperr 8b", ""),
        ("quwenn3 8b", "Nothing here has “quwenn3”. Without it: 8b 1"),
        ("qwen3 999b", "Nothing here has “999b”. Without it: qwen3 1"),
        ("zzxqvw", ""),
        ("whisper", ""),
        ("<qwen3> zzxqvw", "Nothing here has “zzxqvw”. Without it: qwen3 1"),
    ],
)
def test_the_nearest_text_that_finds_something_is_offered(
    client: Client, text: str, sentence: str
) -> None:
    assert offered(client, f"q={text}") == sentence


@pytest.mark.usefixtures("few")
def test_the_offer_keeps_the_filters_and_leads_to_what_it_promises(client: Client) -> None:
    page = client.get("/models?q=qwen3+zzxqvw&publisher=qwen").content.decode()

    link = re.search(r'<p class="nearest">.*?href="([^"]+)"', page, re.DOTALL)
    assert link
    found = client.get(link[1].replace("&amp;", "&")).content.decode()
    assert "publisher=qwen" in link[1]
    assert 'href="/models/qwen/qwen3-8b"' in found


@pytest.mark.usefixtures("few")
def test_what_the_filters_rule_out_is_not_offered(client: Client) -> None:
    page = client.get("/models?q=qwen3+zzxqvw&publisher=openai").content.decode()

    assert 'class="nearest"' not in page


def test_nothing_is_offered_while_the_index_cannot_answer(
    client: Client, make_model: MakeModel, settings: object, tmp_path: Path
) -> None:
    make_model("qwen/qwen3-8b", popularity=5)

    assert offered(client, "q=qwen3 zzxqvw") == ""
