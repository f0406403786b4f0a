"""Search by meaning, learned from the small catalog: sentences gain, nothing else gets worse."""

from pathlib import Path

import pytest

from catalog import search
from catalog.models import AIModel
from catalog.search.vectors import asking, building
from catalog.search.vectors.training import train
from tests.contract.conftest import Ask
from tests.relevance import catalog, grading
from tests.relevance.grading import Answer

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]

ROUNDING = 0.005
GAINS = ("sentence", "chinese")


def test_sentences_gain_and_nothing_gets_worse(ask: Ask, settings, tmp_path: Path) -> None:
    settings.SEARCH_VECTORS_DIR = tmp_path / "vectors"
    catalog.fill()
    ask()  # brings the index in step
    settings.SEARCH_EMBEDDER = "off"
    before = _by_kind()
    settings.SEARCH_EMBEDDER = "learned"
    building.build(train)
    asking.forget()

    after = _by_kind()

    told = {kind: (round(before[kind], 3), round(after[kind], 3)) for kind in before}
    print(told)  # noqa: T201 - the figures of the decision, for pytest -s
    assert not {kind for kind in before if after[kind] < before[kind] - ROUNDING}, told
    assert sum(after[kind] - before[kind] for kind in GAINS) > 0, told


def _by_kind() -> dict[str, float]:
    answers = [_answer(query) for query in grading.graded()]
    kinds = dict.fromkeys(answer.query.kind for answer in answers)
    return {
        kind: grading.mean([one for one in answers if one.query.kind == kind]) for kind in kinds
    }


def _answer(query: grading.Graded) -> Answer:
    results = search.find(search.Query(text=query.text, limit=grading.TOP))
    models = AIModel.objects.select_related("publisher").in_order(results.ids)
    return Answer(query, [model.full_name for model in models], results.is_partial)
