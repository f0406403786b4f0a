"""Copies under their originals: the same whichever engine finds them."""

from collections.abc import Callable

import pytest

from catalog.models import AIModel
from catalog.search import folding
from catalog.sources import copies

from .conftest import Ask, MakeModel

pytestmark = pytest.mark.django_db
Lines = Callable[..., list[tuple[str, list[str]]]]


@pytest.fixture
def lines(ask: Ask) -> Lines:
    """Each line's name, with the names of the copies under it."""

    def lines(text: str = "", **question: object) -> list[tuple[str, list[str]]]:
        copies.resolve()
        results = ask(text, collapse=True, **question)
        keys = dict(AIModel.objects.values_list("pk", "key"))
        return [
            (keys[id], [keys[copy] for copy in results.variants.get(id, [])]) for id in results.ids
        ]

    return lines


@pytest.fixture
def qwen(make_model: MakeModel) -> AIModel:
    original = make_model("qwen/qwen3-8b", popularity=5)
    for name, popularity in (("a/qwen3-8b-gguf", 4), ("b/qwen3-8b-awq", 3), ("c/qwen3-8b-mlx", 2)):
        make_model(name, popularity=popularity, base_model=original, base_relation="quantized")
    return original


def test_copies_stand_under_their_original(qwen: AIModel, lines: Lines) -> None:
    assert lines("qwen3 8b") == [
        ("qwen/qwen3-8b", ["a/qwen3-8b-gguf", "b/qwen3-8b-awq", "c/qwen3-8b-mlx"])
    ]


def test_without_collapse_every_model_is_listed(qwen: AIModel, ask: Ask) -> None:
    copies.resolve()

    results = ask("qwen3 8b")

    assert (len(results.ids), results.total, results.folded) == (4, 4, 0)


def test_the_total_counts_models_and_tells_how_many_are_folded(qwen: AIModel, ask: Ask) -> None:
    copies.resolve()

    results = ask("qwen3 8b", collapse=True)

    assert (len(results.ids), results.total, results.folded) == (1, 4, 3)


def test_a_popular_copy_lifts_its_original(
    make_model: MakeModel, qwen: AIModel, lines: Lines
) -> None:
    make_model("famous/qwen3-8b-gguf", popularity=9)
    make_model("other/qwen3-8b-tuned-by-me", popularity=6)

    assert lines("qwen3 8b")[0][0] == "qwen/qwen3-8b"


def test_only_copies_that_fit_are_under_it(qwen: AIModel, lines: Lines) -> None:
    AIModel.objects.filter(key="b/qwen3-8b-awq").update(parameters=9)
    AIModel.objects.filter(key="qwen/qwen3-8b").update(parameters=9)

    assert lines("qwen3 8b", parameters_min=9) == [("qwen/qwen3-8b", ["b/qwen3-8b-awq"])]


def test_copies_whose_original_does_not_fit_are_lines_of_their_own(
    qwen: AIModel, lines: Lines
) -> None:
    AIModel.objects.exclude(pk=qwen.pk).update(parameters=9)

    found = lines("qwen3 8b", parameters_min=9)

    assert [line for line, under in found if not under] == [
        "a/qwen3-8b-gguf",
        "b/qwen3-8b-awq",
        "c/qwen3-8b-mlx",
    ]


@pytest.mark.parametrize("text", ["qwen3 8b gguf", "a/qwen3-8b-gguf", "qwen 4bit"])
def test_who_asks_for_copies_gets_them_one_by_one(qwen: AIModel, lines: Lines, text: str) -> None:
    assert all(not under for _, under in lines(text))


def test_pages_neither_repeat_nor_lose_a_model(
    make_model: MakeModel, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folding, "WINDOW", 12)
    for number in range(8):
        base = make_model(f"acme/falcon-{number}b", popularity=number)
        for size in ("4bit", "8bit"):
            make_model(f"bob/falcon-{number}b-{size}", base_model=base, popularity=number / 2)
    copies.resolve()

    pages = [ask("falcon", collapse=True, offset=start, limit=5) for start in range(0, 30, 5)]

    seen = [id for page in pages for id in page.ids]
    under = [id for page in pages for ids in page.variants.values() for id in ids]
    assert sorted(seen + under) == sorted(AIModel.objects.values_list("pk", flat=True))
    assert {page.total for page in pages} == {24}
    assert {page.folded for page in pages} == {len(under)}
    assert 0 < len(under) < 12
    assert [len(page.ids) == 5 for page in pages].count(True) == (24 - len(under)) // 5


def test_facets_count_models_and_not_lines(make_model: MakeModel, ask: Ask) -> None:
    base = make_model("qwen/qwen3-8b", task="text-generation")
    make_model("a/qwen3-8b-gguf", task="text-generation", base_model=base)
    copies.resolve()

    results = ask("qwen3", collapse=True, facets=("task",))

    assert results.facets["task"][0].count == 2
