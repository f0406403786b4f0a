"""Which models the engine suggests while somebody types."""

from collections.abc import Callable

import pytest

from catalog.models import AIModel
from catalog.search import indexing, suggesting

from .conftest import MakeModel

pytestmark = pytest.mark.django_db
Suggest = Callable[[str], list[str]]


@pytest.fixture
def suggest(engine: str) -> Suggest:
    def suggest(text: str) -> list[str]:
        indexing.sweep()
        ids = suggesting.models(text, limit=6).ids
        return [model.full_name for model in AIModel.objects.with_card_data().in_order(ids)]

    return suggest


@pytest.mark.parametrize("text", ["wh", "whisp", "wisper", "whisper lar", "openai/wh"])
def test_a_beginning_suggests_a_model_in_spite_of_a_typo(
    make_model: MakeModel, suggest: Suggest, text: str
) -> None:
    make_model("openai/whisper-large-v3", popularity=6)
    make_model("meta/llama-3")

    assert suggest(text) == ["openai/whisper-large-v3"]


def test_after_a_slash_the_owners_own_come_first(make_model: MakeModel, suggest: Suggest) -> None:
    make_model("meta-llama/Llama-3", popularity=1)
    make_model("meta/meta-llama-3", popularity=7)

    assert suggest("meta-llama/ll")[0] == "meta-llama/Llama-3"
