"""The index at a real Meilisearch follows the rows, whatever happens meanwhile."""

import pytest
from django.db import connection

from catalog.models import AIModel, IndexReject
from catalog.search import Query, engines, find, indexing

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("meilisearch"),
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


def test_a_value_that_is_too_long_to_be_filtered_by_is_cut(make_model):
    make_model("a/llama", tags=["ö" * 300], library="x" * 60)

    indexing.sweep()

    results = find(Query(any_of={"library": ("x" * 60,)}, facets=("tag",)))
    assert results.total == 1
    assert [len(value.value.encode()) for value in results.facets["tag"]] == [400]


@pytest.mark.skipif(connection.vendor == "postgresql", reason="PostgreSQL takes no such text")
def test_text_that_no_json_can_hold_is_set_aside(make_model):
    make_model("a/good")
    make_model("a/half-a-character", tags=["\ud83d"])

    indexing.sweep()

    assert found() == ["a/good"]
    assert "JSON" in IndexReject.objects.get().reason
