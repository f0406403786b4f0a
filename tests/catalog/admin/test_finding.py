"""The admin's search boxes find models as the catalog does, and hidden ones besides."""

import pytest
from django.test import Client
from django.urls import reverse

from catalog.admin.finding import model_ids
from catalog.models import AIModel, SourceRecord

CHANGELIST = "admin:catalog_aimodel_changelist"


def found(desk: Client, text: str) -> list[str]:
    response = desk.get(reverse(CHANGELIST), {"q": text})
    return [str(row) for row in response.context["cl"].result_list]


def test_models_come_in_the_order_of_the_search(desk: Client, samples: None) -> None:
    names = found(desk, "sparrowhawk")

    by_id = AIModel.objects.in_bulk(model_ids("sparrowhawk"))
    assert names == [str(by_id[pk]) for pk in model_ids("sparrowhawk")]


def test_a_hidden_model_is_found_by_the_beginning_of_its_name(
    desk: Client, harrier: AIModel
) -> None:
    AIModel.objects.update(status=AIModel.Status.HIDDEN)

    assert found(desk, "Rookwright/Har") == ["Rookwright/Harrier-7b"]


@pytest.mark.parametrize("text", ["\0", "'", '"', "a" * 10_000, "field:value", "🦅", "   "])
def test_hostile_text_is_answered(desk: Client, harrier: AIModel, text: str) -> None:
    assert desk.get(reverse(CHANGELIST), {"q": text}).status_code == 200


def test_records_are_found_by_their_model(desk: Client, harrier: AIModel, samples: None) -> None:
    listed = reverse("admin:catalog_sourcerecord_changelist")

    response = desk.get(listed, {"q": "Rookwright/Harrier-7b"})

    (row,) = response.context["cl"].result_list
    assert row == SourceRecord.objects.get(ai_model=harrier)


def test_a_field_that_names_a_model_offers_what_the_search_finds(
    desk: Client, harrier: AIModel
) -> None:
    asked = {"app_label": "catalog", "model_name": "aimodel", "field_name": "base_model"}

    response = desk.get(reverse("admin:autocomplete"), {**asked, "term": "harrier"})

    assert response.json()["results"] == [{"id": str(harrier.pk), "text": str(harrier)}]
