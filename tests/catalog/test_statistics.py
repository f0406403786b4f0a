"""Listings are read along their index, however the planner is tempted to sort them whole."""

import pytest
from django.db import connection

from catalog import statistics
from catalog.api import listings
from catalog.models import AIModel, Publisher


@pytest.fixture
def catalog(db: None) -> None:
    """Large enough that a sample of the rows misleads."""
    publisher = Publisher.objects.create(slug="acme")
    AIModel.objects.bulk_create(
        AIModel(publisher=publisher, name=f"m{number}", key=f"acme/m{number}", popularity=number)
        for number in range(4_000)
    )
    statistics.refresh()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="it is SQLite's planner that is tempted")
def test_the_most_popular_are_read_along_their_index(catalog: None) -> None:
    plan = AIModel.objects.listed().by_popularity()[:25].explain()

    assert "ai_model_by_popularity" in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.skipif(connection.vendor != "sqlite", reason="it is SQLite's planner that is tempted")
@pytest.mark.parametrize("order", ["latest_version_created_at", "model_created_at"])
def test_the_api_reads_its_listings_along_their_index(catalog: None, order: str) -> None:
    for segment in listings.of_models(order, falling=True).segments:
        if segment.column != "id":
            plan = segment.rows.order_by(f"-{segment.column}", segment.pk)[:25].explain()

            assert "TEMP B-TREE" not in plan
