"""Facets of many values at the embedded engine and in the database."""

import pytest
from pytest_django.fixtures import Settings

from catalog.models import AIModel, Publisher
from catalog.search import Query, database, find, indexing

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(settings: Settings, tmp_path):
    settings.SEARCH_URL = ""
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    for number in range(105):
        publisher = Publisher.objects.create(slug=f"P{number}.x", key=f"p{number}.x")
        AIModel.objects.create(publisher=publisher, name="one")
    indexing.sweep()


@pytest.mark.parametrize("answer", [find, database.find])
def test_a_facet_can_be_counted_further_than_a_page_shows(many, answer):
    asked = {"facets": ("publisher",)}

    assert len(answer(Query(**asked)).facets["publisher"]) == 100
    assert len(answer(Query(**asked, facet_limit=500)).facets["publisher"]) == 105


@pytest.mark.parametrize("answer", [find, database.find])
def test_values_are_found_by_what_stands_in_their_middle(many, answer):
    found = answer(Query(facets=("publisher",), facet_text="04.X")).facets["publisher"]

    assert [value.value for value in found] == ["P104.x"]
