"""What curators say that words mean, searched for."""

import pytest

from catalog.models import SearchTerm, Task
from catalog.search import terms

pytestmark = pytest.mark.django_db
Kind = SearchTerm.Kind


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """As if two seconds had passed before every search."""
    monkeypatch.setattr(terms, "SECONDS", 0)


@pytest.mark.parametrize("text", ["nano pear", "nanopear", "Nano-Pear"])
def test_a_term_may_stand_for_words_of_names(make_model, names, text):
    make_model("google/gemini-3-image", popularity=3)
    make_model("google/gemini-3", popularity=7)
    SearchTerm.objects.create(text="Nano Pear", kind=Kind.SPELLING, spelling="gemini 3 image")

    assert names(text) == ["google/gemini-3-image"]


def test_a_term_may_be_one_word_among_others(make_model, names):
    make_model("stabilityai/stable-diffusion-xl-base-1.0")
    make_model("fan/stable-diffusion-xl-lightning")
    make_model("fan/xl-lightning")
    SearchTerm.objects.create(text="sdx", kind=Kind.SPELLING, spelling="stable-diffusion xl")

    assert names("sdx lightning") == ["fan/stable-diffusion-xl-lightning"]


def test_a_term_may_stand_for_a_model_whatever_its_name_becomes(make_model, names):
    wanted = make_model("google/gemini-3-image")
    make_model("google/gemini-3", popularity=7)
    SearchTerm.objects.create(text="banana split", kind=Kind.MODEL, ai_model=wanted)
    assert names("banana split") == ["google/gemini-3-image"]

    wanted.name = "gemini-4-image"
    wanted.save()

    assert names("banana split") == ["google/gemini-4-image"]


def test_a_term_may_mean_a_task(make_model, names):
    make_model("a/reader", task="text-to-speech")
    make_model("b/writer", task="text-generation", popularity=8)
    task = Task.objects.get(id="text-to-speech")
    SearchTerm.objects.create(text="vorlesen", kind=Kind.TASK, task=task)

    assert names("vorlesen") == ["a/reader"]


def test_a_term_may_mean_a_topic_also_in_chinese(make_model, names):
    make_model("cjwbw/rembg", summary="Remove images background")
    make_model("other/music", popularity=8)
    SearchTerm.objects.create(text="一键褪底", kind=Kind.TOPIC, topic="background-removal")

    assert names("一键褪底工具") == ["cjwbw/rembg"]


def test_a_term_overrules_what_the_vocabulary_says(make_model, names):
    make_model("hexgrad/Kokoro-82M", task="text-to-speech")
    make_model("acme/turtle-tracking-system")
    assert names("tts") == ["hexgrad/Kokoro-82M"]

    spelling = "turtle tracking system"
    SearchTerm.objects.create(text="TTS", kind=Kind.SPELLING, spelling=spelling)

    assert names("tts") == ["acme/turtle-tracking-system"]


def test_a_term_may_turn_the_vocabularys_off(make_model, names):
    make_model("hexgrad/Kokoro-82M", task="text-to-speech")
    SearchTerm.objects.create(text="tts", kind=Kind.NOTHING)

    assert names("tts") == []


def test_a_term_that_is_changed_or_deleted_counts_as_it_is_now(make_model, names):
    make_model("a/alpha")
    make_model("b/beta")
    term = SearchTerm.objects.create(text="greek", kind=Kind.SPELLING, spelling="alpha")
    assert names("greek") == ["a/alpha"]

    term.spelling = "beta"
    term.save()
    assert names("greek") == ["b/beta"]

    term.delete()
    assert names("greek") == []


def test_short_names_of_families_are_known_from_the_start(make_model, names):
    make_model("stabilityai/stable-diffusion-xl-base-1.0")
    make_model("stable-diffusion-v1-5/stable-diffusion-v1-5")

    assert names("sdxl") == ["stabilityai/stable-diffusion-xl-base-1.0"]
    assert names("sd 1.5") == ["stable-diffusion-v1-5/stable-diffusion-v1-5"]
