"""Statements that are worded once say what the querysets that they were made of say."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now

from catalog.models import AIModel, Publisher
from config.worded import Blank, Change, Insert, Question

NAMED = Question(
    lambda: (
        AIModel.objects.filter(name=Blank("name")).select_related("publisher", "task")
    ).order_by("pk")
)
KEYS = Question(
    lambda: AIModel.objects.filter(name=Blank("name")).order_by("pk").values_list("key", "tags")
)
TELL = Change(
    lambda: AIModel.objects.filter(pk=Blank("id")),
    ("tags", "published_at", "revision"),
    popularity=F("popularity") + 1,
)
ADD = Insert(AIModel, published_at=Now())


@pytest.fixture
def model(db: None) -> AIModel:
    publisher = Publisher.objects.create(slug="acme")
    moment = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
    return AIModel.objects.create(
        publisher=publisher, name="one", key="acme/one", tags=["a", {"b": 1}], published_at=moment
    )


def test_rows_become_the_same_objects_with_their_relations(model: AIModel) -> None:
    [found] = NAMED.all(name="one")

    for field in AIModel._meta.concrete_fields:
        assert getattr(found, field.attname) == getattr(
            AIModel.objects.get(pk=model.pk), field.attname
        )
    assert AIModel.publisher.is_cached(found)  # type: ignore[attr-defined]
    assert found.publisher.slug == "acme"
    assert found.task is None


def test_a_second_question_is_answered_for_its_own_values(model: AIModel) -> None:
    NAMED.all(name="one")

    assert NAMED.first(name="another") is None


def test_rows_of_values_are_tuples(model: AIModel) -> None:
    assert KEYS.rows(name="one") == [("acme/one", ["a", {"b": 1}])]
    assert KEYS.value(name="one") == "acme/one"
    assert KEYS.value(name="another") is None


def test_a_change_writes_values_as_their_fields_are_saved(model: AIModel) -> None:
    later = datetime(2027, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
    TELL(id=model.pk, tags=[], published_at=later, revision="'%s")

    changed = TELL(id=model.pk, tags=["%s", "é"], published_at=None, revision="")

    found = AIModel.objects.get(pk=model.pk)
    assert changed == 1
    assert (found.tags, found.published_at, found.revision) == (["%s", "é"], None, "")
    assert found.popularity == model.popularity + 2


def test_a_moment_comes_back_as_it_was_written(model: AIModel) -> None:
    moment = datetime(2027, 1, 2, 3, 4, 5, 678, tzinfo=UTC)

    TELL(id=model.pk, tags=[], published_at=moment, revision="")

    assert AIModel.objects.filter(published_at=moment).exists()


def test_a_change_that_meets_no_row_says_so(model: AIModel) -> None:
    assert TELL(id=0, tags=[], published_at=None, revision="") == 0


def test_a_new_row_is_what_was_asked_for(model: AIModel) -> None:
    new = AIModel(pk=7, publisher=model.publisher, name="two", key="acme/two", tags=["%s"])

    ADD(new)

    found = AIModel.objects.get(key="acme/two")
    assert (found.pk, found.publisher, found.tags, found.task) == (7, model.publisher, ["%s"], None)
    assert found.published_at is not None
    assert not new._state.adding


def test_a_row_that_is_there_is_refused(model: AIModel) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ADD(AIModel(pk=7, publisher=model.publisher, name="one", key="acme/one"))
