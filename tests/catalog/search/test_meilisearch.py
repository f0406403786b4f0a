"""The index at a real Meilisearch follows the rows, whatever happens meanwhile."""

import pytest

from catalog.models import AIModel
from catalog.search import Query, engines, find, indexing

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("engine"),
    pytest.mark.parametrize("engine", ["meilisearch"], indirect=True),
]


def found(text: str = "") -> list[str]:
    results = find(Query(text=text))
    assert not results.is_degraded
    return [model.key for model in AIModel.objects.in_order(results.ids)]


def test_what_is_saved_is_found_after_a_sweep(make_model):
    model = make_model("a/llama")
    assert indexing.sweep() == 1

    model.name = "whisper"
    model.save()
    indexing.sweep()

    assert (found("whisper"), found("llama")) == (["a/whisper"], [])
    assert AIModel.objects.stale_in_index().count() == 0


def test_a_rebuild_swaps_and_finds_the_same(make_model):
    make_model("a/llama")
    indexing.sweep()
    make_model("a/mistral")

    assert indexing.rebuild() == 2

    assert sorted(found()) == ["a/llama", "a/mistral"]
    assert engines.engine().current().is_up_to_date
