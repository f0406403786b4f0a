"""Sentences find what they mean, though no word is the same; and what was named stays first."""

import pytest

from catalog.models import AIModel, ModelVector
from catalog.search.vectors import asking, building, learned
from tests.vectors import taught

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _meaning(settings, tmp_path):
    """An embedder that knows that mending is restoring, and singers are vocals."""
    settings.SEARCH_EMBEDDER = "learned"
    settings.SEARCH_VECTORS_DIR = tmp_path / "vectors"
    payload = taught(("mend torn snapshot", "restoration worn prints"), ("singer", "vocals"))
    learned.keep(payload, texts=1000)
    asking.forget()


@pytest.fixture
def found(names):
    """Full names, once the vectors are in step too."""

    def ask(text, **question):
        building.sweep()
        return names(text, **question)

    return ask


def test_a_sentence_finds_what_it_means_without_a_common_word(make_model, found):
    make_model("a/gfp", summary="Restoration of worn prints.")
    make_model("b/split", summary="Parts vocals from a mix.")

    assert found("I want to mend a torn snapshot") == ["a/gfp"]


def test_what_has_the_words_comes_before_what_only_means_the_same(make_model, found):
    make_model("a/gfp", summary="Restoration of worn prints.")
    make_model("b/mend-a-torn-snapshot", summary="Does what it is called.")

    assert found("mend a torn snapshot") == ["b/mend-a-torn-snapshot", "a/gfp"]


def test_an_exact_name_stays_first_however_popular_what_it_means(make_model, found):
    make_model("a/gfp", summary="Restoration of worn prints.", popularity=8)
    make_model("b/mend-a-torn-snapshot", summary="Does what it is called.")

    assert found("b/mend-a-torn-snapshot")[0] == "b/mend-a-torn-snapshot"
    assert found("mend a torn snapshot")[0] == "b/mend-a-torn-snapshot"


@pytest.mark.parametrize("text", ["mend", "mend-torn", "a/mend", "mend torn", "the mend torn 8b"])
def test_names_and_words_are_searched_as_they_stand(make_model, found, text):
    make_model("a/gfp", summary="Restoration of worn prints.")

    assert found(text) == []


def test_filters_hold_for_what_is_meant(make_model, found, ask):
    make_model("a/gfp", summary="Restoration of worn prints.", task="image-to-image")
    make_model("b/gfp", summary="Restoration of worn prints.", task="text-to-image")

    sentence = "please mend a torn snapshot"

    assert found(sentence, any_of={"task": ("text-to-image",)}) == ["b/gfp"]
    assert found(sentence, none_of={"task": ("text-to-image",)}) == ["a/gfp"]


def test_what_is_meant_is_counted_like_the_rest(make_model, found, ask):
    for name in ("one", "two", "three"):
        make_model(f"a/{name}", summary="Restoration of worn prints.", task="image-to-image")
    building.sweep()

    results = ask("please mend a torn snapshot", facets=("task",), limit=2)

    assert results.total == 3
    assert [(value.value, value.count) for value in results.facets["task"]] == [
        ("image-to-image", 3)
    ]
    assert ask("please mend a torn snapshot", limit=2, offset=2).total == 3


def test_hidden_and_deleted_models_are_not_found(make_model, found):
    hidden = make_model("a/hidden", summary="Restoration of worn prints.")
    deleted = make_model("b/deleted", summary="Restoration of worn prints.")
    make_model("c/shown", summary="Restoration of worn prints.")
    assert len(found("please mend a torn snapshot")) == 3

    AIModel.objects.filter(pk=hidden.pk).update(status=AIModel.Status.HIDDEN)
    deleted.delete()

    assert found("please mend a torn snapshot") == ["c/shown"]
    assert not ModelVector.objects.filter(pk=deleted.pk).exists()


def test_vectors_follow_a_changed_row(make_model, found):
    model = make_model("a/tool", summary="Restoration of worn prints.")
    assert found("please mend a torn snapshot") == ["a/tool"]

    model.summary = "Parts vocals from a mix."
    model.save()

    assert found("please mend a torn snapshot") == []
    assert found("take out the singer") == ["a/tool"]


def test_without_vectors_the_words_answer(make_model, names, settings):
    make_model("a/gfp", summary="Restoration of worn prints.")
    make_model("b/worn", summary="Of worn things.")

    assert names("what is there for worn things") == ["b/worn"]
