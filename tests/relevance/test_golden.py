"""Graded searches on a small fixed catalog: every change of ranking shows as a diff.

`make golden` writes the golden files anew; look at the diff before it is committed.
"""

import difflib
from pathlib import Path

import pytest

from catalog import search
from catalog.models import AIModel
from tests.contract.conftest import Ask
from tests.relevance import catalog, grading
from tests.relevance.grading import Answer

pytestmark = pytest.mark.django_db

# A little below what is reached: a change that costs more than it brings is refused.
LEAST_NDCG = {"embedded": 0.95, "meilisearch": 0.95}
LEAST_NDCG_OF_A_KIND = 0.85
MOST_EMPTY = 1


@pytest.fixture
def answers(ask: Ask) -> list[Answer]:
    catalog.fill()
    ask()  # brings the index in step
    return [_answer(query) for query in grading.graded()]


def test_every_change_of_ranking_shows_as_a_diff(
    answers: list[Answer], engine: str, pytestconfig: pytest.Config
) -> None:
    golden = Path(__file__).with_name(f"golden-{engine}.txt")
    now = grading.report(answers)
    if pytestconfig.getoption("--write-golden"):
        golden.write_text(now, encoding="utf-8")

    before = golden.read_text(encoding="utf-8") if golden.exists() else ""
    changes = list(difflib.unified_diff(before.splitlines(), now.splitlines(), lineterm="", n=1))
    assert not changes, "\n".join([*changes, "When this is better: make golden"])


def test_searches_find_what_people_mean(answers: list[Answer], engine: str) -> None:
    assert grading.mean(answers) >= LEAST_NDCG[engine]
    assert len(grading.empty(answers)) <= MOST_EMPTY
    for kind in {answer.query.kind for answer in answers}:
        of_kind = [answer for answer in answers if answer.query.kind == kind]
        assert grading.mean(of_kind) >= LEAST_NDCG_OF_A_KIND, kind


def _answer(query: grading.Graded) -> Answer:
    results = search.find(search.Query(text=query.text, limit=grading.TOP))
    assert not results.is_degraded
    models = AIModel.objects.select_related("publisher").in_order(results.ids)
    return Answer(query, [model.full_name for model in models], results.is_partial)
