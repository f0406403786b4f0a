"""What the search box offers, by its address. No index is here: the database answers for models."""

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from catalog.models import Collection, Publisher, Task
from catalog.pages.marking import pieces

from .conftest import MakeModel

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


def suggested(client: Client, text: str, kind: str = "", **headers: str) -> list[str]:
    """The titles, in their order."""
    response = client.get(
        "/suggestions", {"q": text}, headers={"accept": "application/json", **headers}
    )
    assert response.status_code == 200, response.content
    offered: list[dict[str, Any]] = response.json()["suggestions"]
    return [one["title"] for one in offered if kind in ("", one["kind"])]


def part(client: Client, text: str) -> str:
    response = client.get("/suggestions", {"q": text}, headers={"accept": "text/html"})
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def speech(make_model: MakeModel) -> Task:
    task = Task.objects.create(
        id="text-to-speech",
        name="Text-to-Speech",
        name_zh="文本转语音",
        group="Audio",
        synonyms=["tts", "speech synthesis", "语音合成"],
    )
    make_model("hexgrad/Kokoro-82M", task=task)
    return task


def test_models_are_suggested_by_the_beginning_of_their_name(
    client: Client, make_model: MakeModel
) -> None:
    make_model("meta/llama-3", popularity=5)
    make_model("meta/llama-2", popularity=6)
    make_model("meta/other")

    assert suggested(client, "lla", "model") == ["meta/llama-2", "meta/llama-3"]


def test_models_of_an_owner_are_suggested_after_the_slash(
    client: Client, make_model: MakeModel
) -> None:
    make_model("meta-llama/Llama-3", popularity=1)
    make_model("meta/meta-llama-3", popularity=9)

    assert suggested(client, "Meta-Llama/Ll", "model")[0] == "meta-llama/Llama-3"


def test_at_most_six_models_are_suggested(client: Client, make_model: MakeModel) -> None:
    for number in range(9):
        make_model(f"acme/whisper-{number}")

    assert len(suggested(client, "whisper", "model")) == 6


@pytest.mark.parametrize("status", ["draft", "hidden", "removed"])
def test_what_is_not_listed_is_not_suggested(
    client: Client, make_model: MakeModel, status: str
) -> None:
    make_model("acme/whisper", status=status)

    assert suggested(client, "acme/whisper") == []
    assert suggested(client, "acme") == []


def test_publishers_come_with_the_most_popular_models_first(
    client: Client, make_model: MakeModel
) -> None:
    make_model("metavoice/one", popularity=2)
    make_model("meta-llama/one", popularity=7)
    make_model("meta/one", popularity=5)
    make_model("nometa/one", popularity=9)

    assert suggested(client, "META", "publisher") == ["meta-llama", "meta", "metavoice"]


@pytest.mark.parametrize("text", ["stability ai", "Stability-AI", "stabilityai", "stab"])
def test_a_publisher_is_found_whatever_the_separators(
    client: Client, make_model: MakeModel, text: str
) -> None:
    make_model("stability-ai/one", popularity=2)
    make_model("stabilityai/one", popularity=1)

    assert "stabilityai" in suggested(client, text, "publisher")


def test_a_publisher_is_found_by_the_name_that_a_curator_gave(
    client: Client, make_model: MakeModel
) -> None:
    make_model("bfl/flux")
    Publisher.objects.update(name="Black Forest Labs")

    assert suggested(client, "black for", "publisher") == ["Black Forest Labs"]


@pytest.mark.parametrize("text", ["tts", "text to", "Text-to-Sp", "speech syn", "语音", "文本转"])
def test_tasks_are_suggested_in_both_languages_and_by_synonyms(
    client: Client, speech: Task, text: str
) -> None:
    assert suggested(client, text, "task") == ["Text-to-Speech"]


@pytest.mark.parametrize("text", ["tts", "text to speech", "turn text into speech"])
def test_a_task_by_its_very_name_comes_before_models(
    client: Client, make_model: MakeModel, speech: Task, text: str
) -> None:
    make_model("acme/tts-text-to-speech")

    assert suggested(client, text)[0] == "Text-to-Speech"


def test_a_beginning_puts_models_first(client: Client, make_model: MakeModel, speech: Task) -> None:
    make_model("acme/text-model")

    assert suggested(client, "text")[0] == "acme/text-model"


def test_a_chinese_reader_gets_chinese_names(client: Client, speech: Task) -> None:
    found = suggested(client, "tts", "task", **{"accept-language": "zh-hans"})

    assert found == ["文本转语音"]


def test_a_task_without_models_is_not_suggested(client: Client, make_model: MakeModel) -> None:
    Task.objects.create(id="robotics", name="Robotics", name_zh="机器人", group="Other")

    assert suggested(client, "robo") == []


def test_public_collections_are_suggested_by_a_word_of_their_name(client: Client) -> None:
    Collection.objects.create(slug="small", name="Small speech models")
    Collection.objects.create(slug="mine", name="Speech, not shown", visibility="private")

    assert suggested(client, "spee") == ["Small speech models"]


@pytest.mark.parametrize("text", ["", " ", "a", "-", "\0"])
def test_what_says_too_little_suggests_nothing(
    client: Client, make_model: MakeModel, text: str
) -> None:
    make_model("a/a")

    assert suggested(client, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "%_\\%",
        "' OR 1=1 --",
        "\ud800llama",
        "llama\x00\x1b",
        "/" * 50,
        "a/" * 400,
        "[(.*+?^$|\\",
        "x" * 1000,
        "中" * 1000,
        "İıſK",
    ],
)
def test_no_text_breaks_it_and_none_is_printed_as_markup(
    client: Client, make_model: MakeModel, text: str
) -> None:
    make_model("acme/llama")
    answer = client.get(
        "/suggestions?q=" + "".join(f"%{byte:02x}" for byte in text.encode("utf-8", "replace"))
    )

    assert answer.status_code == 200
    assert b"<script" not in answer.content
    assert b"<img" not in answer.content


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_a_text_that_is_too_long_is_refused_with_a_sentence(client: Client, accept: str) -> None:
    answer = client.get("/suggestions", {"q": "a" * 1001}, headers={"accept": accept})

    assert answer.status_code == 400
    assert "at most 1000" in answer.content.decode()


def test_the_json_tells_kind_address_and_how_many_there_are(
    client: Client, make_model: MakeModel
) -> None:
    make_model("Meta/Llama-3", downloads=2_000_000)

    answer = client.get("/suggestions", {"q": "llam"}, headers={"accept": "application/json"})

    assert json.loads(answer.content) == {
        "query": "llam",
        "total": 1,
        "url": "/models?q=llam",
        "suggestions": [
            {
                "kind": "model",
                "title": "Meta/Llama-3",
                "detail": "Text Generation · 2M downloads",
                "url": "/models/Meta/Llama-3",
            }
        ],
    }


def test_the_part_marks_what_was_typed(client: Client, make_model: MakeModel) -> None:
    make_model("Meta/Llama-3-8B")

    assert ">Meta/<mark>Llama</mark>-3-8B<" in part(client, "llama")


@pytest.mark.parametrize(
    ("name", "typed", "marked"),
    [
        ("Meta/Llama-3-8B", "llama3", ["Llama-3"]),
        ("Meta/Llama-3-8B", "llama 8b", ["Llama", "8B"]),
        ("stability-ai/sdxl", "stabilityai", ["stability-ai"]),
        ("openai/whisper", "wh", ["wh"]),
        ("acme/with-wh", "wh", ["wh"]),
        ("文本转语音", "转语", ["转语"]),
        ("openai/whisper", "wisper", []),
        ("a/b", "", []),
        ("a/b", "(", []),
    ],
)
def test_a_mark_is_on_the_letters_whatever_the_separators(
    name: str, typed: str, marked: list[str]
) -> None:
    found = pieces(name, typed)

    assert "".join(piece.text for piece in found) == name
    assert [piece.text for piece in found if piece.is_match] == marked


def test_the_part_ends_with_the_search_for_what_was_typed(
    client: Client, make_model: MakeModel
) -> None:
    make_model("Meta/Llama-3-8B")

    found = part(client, "llama & co")

    assert 'href="/models?q=llama+%26+co"' in found
    assert "Search for “llama &amp; co”" in found


def test_an_answer_is_kept_by_the_readers_browser_only(client: Client) -> None:
    answer = client.get("/suggestions?q=llama")

    assert answer["Cache-Control"] == "private, max-age=60"
    assert {"Accept", "Accept-Language", "Cookie"} <= set(answer["Vary"].split(", "))


@pytest.mark.parametrize("count", [1, 20])
def test_suggestions_need_as_many_queries_for_twenty_models_as_for_one(
    client: Client,
    make_model: MakeModel,
    speech: Task,
    count: int,
    django_assert_max_num_queries: "DjangoAssertNumQueries",
) -> None:
    for number in range(count):
        make_model(f"llama-{number}/llama")
    suggested(client, "warm")  # names of tasks and the like are remembered now

    with django_assert_max_num_queries(5):  # two of them because there is no index
        suggested(client, "llama")


def test_the_search_page_names_the_task_or_publisher_that_is_called_so(
    client: Client, make_model: MakeModel, speech: Task
) -> None:
    make_model("tts/one")
    make_model("tts-fans/one")

    page = client.get("/models?q=TTS").content.decode()

    assert 'href="/models?task=text-to-speech"' in page
    assert 'href="/publishers/tts"' in page
    assert 'href="/publishers/tts-fans"' not in page
