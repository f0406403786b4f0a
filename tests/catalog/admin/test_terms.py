"""A curator says what a word means, and searches follow without a rebuild."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from catalog import search
from catalog.models import AIModel, SearchTerm
from catalog.search import indexing, terms

NEW = reverse("admin:catalog_searchterm_add")


def fill_in(**changes: Any) -> dict[str, Any]:
    """The form as a browser sends it."""
    empty = {"text": "", "language": "", "spelling": "", "task": "", "topic": "", "ai_model": ""}
    return {**empty, "kind": "spelling", **changes}


@pytest.fixture
def two_seconds_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terms, "SECONDS", 0)


@pytest.mark.usefixtures("two_seconds_later")
def test_a_new_term_is_understood_by_the_next_search(
    desk: Client, curator: User, harrier: AIModel, tmp_path: Path, settings: Any
) -> None:
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    indexing.sweep()
    generation = indexing.status()["generation"]
    assert search.find(search.Query(text="Wiesenweihe")).ids == []

    response = desk.post(NEW, fill_in(text="Wiesenweihe", spelling="harrier"))

    assert response.status_code == 302
    assert search.find(search.Query(text="wiesenweihe")).ids == [harrier.pk]
    assert indexing.status()["generation"] == generation
    assert SearchTerm.objects.get().created_by == curator


@pytest.mark.usefixtures("two_seconds_later")
def test_a_term_may_be_turned_to_a_model_in_the_form(
    desk: Client, harrier: AIModel, tmp_path: Path, settings: Any
) -> None:
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    indexing.sweep()
    term = SearchTerm.objects.create(text="hawk", spelling="kestrel")

    changed = fill_in(text="hawk", kind="model", spelling="kestrel", ai_model=harrier.pk)
    response = desk.post(reverse("admin:catalog_searchterm_change", args=[term.pk]), changed)

    assert response.status_code == 302
    assert search.find(search.Query(text="hawk")).ids == [harrier.pk]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"spelling": "kestrel"}, "This field is required."),
        ({"text": "s-d", "spelling": "kestrel"}, "There is a term “SD” already"),
        ({"text": "kes trel", "spelling": "Kestrel"}, "It means itself"),
        ({"text": "hawk", "kind": "model"}, "say which"),
        ({"text": "y" * 101, "spelling": "kestrel"}, "at most 100 characters"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(
    desk: Client, changes: dict[str, str], told: str
) -> None:
    SearchTerm.objects.create(text="SD", spelling="stable diffusion")

    response = desk.post(NEW, fill_in(**changes))

    assert told in response.content.decode()
    assert SearchTerm.objects.count() == 1


def test_the_list_tells_what_each_term_means_in_few_queries(
    desk: Client, harrier: AIModel, django_assert_max_num_queries: Any
) -> None:
    SearchTerm.objects.create(text="hawk", kind="model", ai_model=harrier)
    for number in range(20):
        SearchTerm.objects.create(text=f"term {number}", spelling="kestrel")

    with django_assert_max_num_queries(8):
        shown = desk.get(reverse("admin:catalog_searchterm_changelist")).content.decode()

    assert "Rookwright/Harrier-7b" in shown
