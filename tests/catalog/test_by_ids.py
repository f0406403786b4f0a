"""Rows by their ids: as the queryset has them, whatever the planner believes of the statuses."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from catalog.models import AIModel, Publisher
from catalog.models.by_ids import ByIds

COLUMNS = ("pk", "name", "tags", "published_at", "publisher__slug")

read = ByIds(lambda ids: AIModel.objects.filter(pk__in=ids).still_listed().values_list(*COLUMNS))


@pytest.fixture
def ids(db: None) -> list[int]:
    publisher = Publisher.objects.create(slug="acme")
    made = AIModel.objects.bulk_create(
        AIModel(
            publisher=publisher,
            name=f"m{at}",
            key=f"acme/m{at}",
            tags=["a", {"b": at}],
            published_at=datetime(2026, 1, 2, 3, 4, 5, at, tzinfo=UTC) if at else None,
        )
        for at in range(12)
    )
    return [one.pk for one in made]


@pytest.mark.parametrize("count", [0, 1, 5, 8, 12])
def test_rows_are_those_of_the_queryset(ids: list[int], count: int) -> None:
    wanted = AIModel.objects.filter(pk__in=ids[:count]).values_list(*COLUMNS)

    assert sorted(read(ids[:count])) == sorted(wanted)


def test_a_second_question_is_answered_for_its_own_ids(ids: list[int]) -> None:
    read(ids[:2])

    assert {row[0] for row in read(ids[2:4])} == set(ids[2:4])


def test_what_was_hidden_meanwhile_is_left_out(ids: list[int]) -> None:
    AIModel.objects.filter(pk=ids[0]).update(status=AIModel.Status.HIDDEN)

    assert {row[0] for row in read(ids)} == set(ids[1:])


@pytest.mark.skipif(connection.vendor != "sqlite", reason="it is SQLite's planner that is tempted")
def test_the_ids_are_looked_up_although_nothing_is_known_of_the_statuses(ids: list[int]) -> None:
    plan = AIModel.objects.filter(pk__in=ids).still_listed().explain()

    assert "PRIMARY KEY" in plan
