"""What an engine does not take stands where a curator sees it, and keeps nothing else out."""

from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.models import AIModel, IndexReject
from catalog.search import Query, find, indexing, setting_aside
from catalog.search.embedded import schema as embedded_schema
from catalog.search.engines import engine as the_engine
from catalog.search.errors import Cause, Unavailable
from catalog.search.meilisearch import schema as meilisearch_schema

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("engine"),
]


@pytest.fixture(autouse=True)
def poison(engine, monkeypatch):
    """Models whose name begins with poison become what the engine really refuses."""
    if engine == "embedded":
        fields = embedded_schema.fields

        def refused(document):
            filled = fields(document)
            if "/poison" in document.key:
                filled.add_unsigned("parameters", -1)
            return filled

        monkeypatch.setattr(embedded_schema, "fields", refused)
    else:
        original = meilisearch_schema.fields

        def spoilt(document):
            bad = {"_vectors": "none"} if "/poison" in document.key else {}
            return original(document) | bad

        monkeypatch.setattr(meilisearch_schema, "fields", spoilt)


def found() -> list[str]:
    results = find(Query(limit=100))
    assert not results.is_degraded
    return sorted(model.key for model in AIModel.objects.in_order(results.ids))


def test_a_sweep_sets_it_aside_and_brings_in_the_rest(make_model):
    indexing.sweep()
    for number in range(8):
        make_model(f"a/good-{number}")
    bad = make_model("a/poison")

    indexing.sweep()

    assert found() == [f"a/good-{number}" for number in range(8)]
    assert AIModel.objects.stale_in_index().count() == 0
    reject = IndexReject.objects.get()
    assert reject.ai_model == bad
    assert reject.reason


def test_a_rebuild_does_the_same(make_model):
    for number in range(4):
        make_model(f"a/good-{number}")
    make_model("a/poison-1")
    make_model("a/poison-2")

    assert indexing.rebuild() == 4

    assert found() == [f"a/good-{number}" for number in range(4)]
    assert IndexReject.objects.count() == 2


def test_what_is_set_aside_is_no_drift(make_model):
    make_model("a/good")
    make_model("a/poison")
    indexing.sweep()

    assert indexing.check().total == 0
    assert indexing.status()["set_aside"] == 1


def test_once_the_model_changes_it_is_tried_again(make_model):
    make_model("a/good")
    bad = make_model("a/poison")
    indexing.sweep()

    bad.name = "mended"
    bad.save()
    indexing.sweep()

    assert found() == ["a/good", "a/mended"]
    assert not IndexReject.objects.exists()


def test_a_day_later_it_is_tried_again_by_itself(make_model, monkeypatch):
    make_model("a/good")
    make_model("a/poison")
    indexing.sweep()
    monkeypatch.undo()
    IndexReject.objects.update(tried_at=timezone.now() - timedelta(days=2))

    indexing.check()

    assert found() == ["a/good", "a/poison"]
    assert not IndexReject.objects.exists()


def test_when_everything_is_refused_the_engine_is_at_fault(make_model, monkeypatch):
    indexing.sweep()
    monkeypatch.setattr(setting_aside, "REFUSED_IN_A_ROW", 4)
    for number in range(16):
        make_model(f"a/poison-{number}")

    with the_engine().write_lock(), pytest.raises(Unavailable) as raised:
        indexing._repair(the_engine().current(), but_for={})

    assert raised.value.cause is Cause.REFUSED
    assert not IndexReject.objects.exists()
    assert AIModel.objects.stale_in_index().count() == 16
