"""What the database answers while the engine cannot."""

import logging
from datetime import UTC, datetime

import pytest

from catalog.models import AIModel
from catalog.search import FacetValue, Query, breaker, find, indexing
from catalog.search.embedded import generations, reading

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("engine")]


def fallback_names(**question) -> list[str]:
    results = find(Query(**question))
    assert results.is_degraded
    return [m.full_name for m in AIModel.objects.with_card_data().in_order(results.ids)]


def test_without_an_index_the_database_answers(make_model):
    make_model("a/llama")

    assert fallback_names(text="llama") == ["a/llama"]


def test_an_exact_name_comes_first(make_model):
    make_model("a/llama-3-8b-instruct", popularity=9)
    make_model("a/llama-3-8b", popularity=1)

    assert fallback_names(text="A/Llama-3-8B")[0] == "a/llama-3-8b"
    assert fallback_names(text="llama-3-8b")[0] == "a/llama-3-8b"
    assert fallback_names(text="https://huggingface.co/a/llama-3-8b")[0] == "a/llama-3-8b"


def test_every_word_has_to_stand_in_name_or_summary_or_mean_the_task(make_model):
    make_model("a/llama", summary="A chat model")
    make_model("a/kokoro", task="text-to-speech")

    assert fallback_names(text="llama chat") == ["a/llama"]
    assert fallback_names(text="llama poem") == []
    assert fallback_names(text="tts") == ["a/kokoro"]


def test_filters_and_ranges_hold(make_model):
    make_model(
        "Meta/alpha",
        task="text-generation",
        languages=["zh"],
        tags=["Größe", "chat"],
        parameters=7,
        source_updated_at=datetime(2026, 1, 2, tzinfo=UTC),
    )
    make_model("other/beta", tags=["chatty"])

    assert fallback_names(any_of={"publisher": ("meta",)}) == ["Meta/alpha"]
    assert fallback_names(any_of={"language": ("ZH", "fr")}) == ["Meta/alpha"]
    assert fallback_names(any_of={"tag": ("chat",)}) == ["Meta/alpha"]
    assert fallback_names(none_of={"tag": ("chat",)}) == ["other/beta"]
    assert fallback_names(parameters_max=7) == ["Meta/alpha"]
    assert fallback_names(updated_since="2026-01-02") == ["Meta/alpha"]
    assert fallback_names(updated_since="2026-01-03") == []


def test_chosen_values_stay_among_the_counts(make_model):
    make_model("a/x", task="text-generation")
    make_model("a/y", task="fill-mask")

    results = find(Query(any_of={"task": ("fill-mask", "none-such")}, facets=("task",)))

    assert results.facets["task"] == [
        FacetValue("fill-mask", 1, is_selected=True),
        FacetValue("text-generation", 1),
        FacetValue("none-such", 0, is_selected=True),
    ]


def test_a_hidden_model_is_not_found(make_model):
    make_model("a/secret", status="hidden")

    assert fallback_names(text="a/secret") == []


@pytest.mark.parametrize(
    "question",
    [
        {"text": "a\0b\ud800 %_\\ '\";--"},
        {"text": "%"},
        {"text": "( " * 5000},
        {"offset": 10**30},
        {"any_of": {"tag": ("\0", "\ud800", '"')}, "none_of": {"task": ("\0",)}},
        {"parameters_min": 2**63 - 1},
    ],
)
def test_nothing_breaks_it(make_model, question):
    make_model("a/b")

    assert find(Query(**question)).total in (0, 1)


@pytest.mark.parametrize("file", ["CURRENT", "meta.json", "segment"])
def test_a_broken_index_is_noticed_told_once_and_rebuilt(make_model, caplog, file):
    make_model("a/llama")
    indexing.sweep()
    assert not find(Query(text="llama")).is_degraded
    damage(file)

    with caplog.at_level(logging.WARNING):
        answers = [find(Query(text="llama", facets=("task",))) for _ in range(3)]

    assert [answer.is_degraded for answer in answers] == [True, True, True]
    assert caplog.text.count("the database answers searches") == 1
    indexing.sweep()
    breaker.close()
    assert not find(Query(text="llama")).is_degraded


def test_bytes_that_went_bad_are_noticed_and_lead_to_a_rebuild(make_model, monkeypatch):
    for number in range(300):
        make_model(f"a/llama-{number}")
    indexing.sweep()
    monkeypatch.setattr(generations, "YOUNG", -1)
    for postings in generations.current().path.glob("*.idx"):
        postings.write_bytes(
            b"\xff" * (postings.stat().st_size - 200) + postings.read_bytes()[-200:]
        )
    reading.close()

    assert find(Query(text="llama")).is_degraded
    indexing.sweep()
    breaker.close()

    assert find(Query(text="llama")).total == 300
    assert not find(Query(text="llama")).is_degraded


def damage(file: str) -> None:
    generation = generations.current().path
    if file == "CURRENT":
        (generation.parent / "CURRENT").write_text("../../etc")
    elif file == "meta.json":
        (generation / "meta.json").write_text("{]")
    else:
        for segment in generation.glob("*.*"):
            if segment.suffix not in (".json", ".lock"):
                segment.unlink()
        reading.close()  # whoever has them open still reads them


def test_while_the_breaker_is_open_the_engine_is_spared(make_model, monkeypatch):
    make_model("a/llama")
    assert find(Query()).is_degraded
    indexing.sweep()

    assert find(Query()).is_degraded
    monkeypatch.setattr(breaker, "_open_until", 1.0)
    assert not find(Query()).is_degraded
