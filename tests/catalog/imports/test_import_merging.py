"""One model, several sources and a curator: whose word its values are, and how that is told."""

import json
from pathlib import Path
from typing import Any

import pytest

from catalog import provenance
from catalog.models import AIModel, FormerName, Offer, Publisher, Source, SourceRecord
from catalog.sources import cards
from tests.catalog.imports.importing import Import, model, told_by

pytestmark = pytest.mark.django_db

HUB = {
    "id": "openai/whisper",
    "likes": 7,
    "license": "mit",
    "pipeline_tag": "automatic-speech-recognition",
    "sources": ["radar-2026-08"],
}
REPLICATE = {
    "owner": "openai",
    "name": "whisper",
    "url": "https://replicate.com/openai/whisper",
    "description": "Convert speech in audio to text",
    "run_count": 1_200,
    "license_url": "https://choosealicense.com/licenses/apache-2.0/",
}
WORKERS_AI = {
    "name": "@cf/openai/whisper",
    "description": "Speech recognition",
    "task": {"name": "Automatic Speech Recognition"},
    "properties": [
        {"property_id": "context_window", "value": "448"},
        {
            "property_id": "price",
            "value": [{"unit": "per audio minute", "price": 0.00045, "currency": "USD"}],
        },
    ],
}


@pytest.fixture
def three_sources(import_lines: Import) -> AIModel:
    """One model that three sources know, told in an order that is not their precedence."""
    import_lines(WORKERS_AI, source="workers-ai", read_at="2026-03-01")
    import_lines(REPLICATE, source="replicate", read_at="2026-02-01")
    import_lines(HUB)
    return model("openai/whisper")


def test_sources_that_know_the_same_model_make_one(three_sources: AIModel) -> None:
    assert AIModel.objects.count() == 1
    assert set(three_sources.source_records.values_list("source_id", flat=True)) == {
        *("openai/whisper", "@cf/openai/whisper")
    }
    assert SourceRecord.objects.count() == 3
    assert Offer.objects.get().provider == "Cloudflare Workers AI"


def test_each_value_is_the_first_source_that_has_one(three_sources: AIModel) -> None:
    assert three_sources.source == Source.HUGGINGFACE
    assert three_sources.likes == 7
    assert three_sources.runs == 1_200
    assert three_sources.context_length == 448
    assert three_sources.summary == "Convert speech in audio to text"
    assert three_sources.license_id == "mit"


def test_every_field_of_a_model_can_tell_its_origin(three_sources: AIModel) -> None:
    origins = provenance.of(three_sources)

    assert set(origins) == {field.name for field in AIModel._meta.concrete_fields}
    assert (origins["likes"].source_label, origins["likes"].origin) == (
        *("Hugging Face", "radar-2026-08"),
    )
    assert origins["runs"].source_url == "https://replicate.com/openai/whisper"
    assert str(origins["context_length"].read_at) == "2026-03-01 00:00:00+00:00"
    assert origins["license_class"].source == Source.HUGGINGFACE
    assert "computed" in origins["popularity"].note


def test_origins_agree_with_the_values(three_sources: AIModel) -> None:
    origins = provenance.of(three_sources)

    for name in provenance.IMPORTED_FIELDS:
        held = getattr(three_sources, f"{name}_id" if name in provenance.RELATIONS else name)
        said = origins[name].source_value
        assert held == (provenance.empty(name) if said is None else provenance.parsed(name, said))


def test_origins_take_no_query_when_the_records_are_there(
    three_sources: AIModel, django_assert_num_queries: Any
) -> None:
    found = AIModel.objects.prefetch_related("source_records").get(pk=three_sources.pk)

    with django_assert_num_queries(0):
        provenance.of(found)


def test_a_curators_word_outlives_the_next_import(import_lines: Import) -> None:
    import_lines(HUB)
    AIModel.objects.update(license_id="apache-2.0", locked_fields=["license"])

    import_lines({**HUB, "license": "gpl-3.0", "likes": 8})

    found = model("openai/whisper")
    origin = provenance.of(found)["license"]
    assert (found.license_id, found.likes) == ("apache-2.0", 8)
    assert origin.is_curated
    assert origin.source_value == "gpl-3.0"


def test_what_was_made_here_by_hand_is_not_overwritten(import_lines: Import) -> None:
    publisher = Publisher.objects.create(slug="openai")
    AIModel.objects.create(publisher=publisher, name="whisper", summary="Ours", parameters=5)

    import_lines({**HUB, "parameters": 9, "summary": "Theirs"})

    found = model("openai/whisper")
    assert (found.summary, found.parameters, found.likes) == ("Ours", 5, 7)
    assert set(found.locked_fields) == {"summary", "parameters"}


def test_a_model_that_was_renamed_here_keeps_its_name(import_lines: Import) -> None:
    import_lines(HUB)
    found = model("openai/whisper")
    found.name = "whisper-old"
    found.save()
    FormerName.objects.create(key="openai/whisper", ai_model=found)

    import_lines({**HUB, "likes": 8})
    import_lines(REPLICATE, source="replicate")

    found.refresh_from_db()
    assert (found.full_name, found.likes, found.runs) == ("openai/whisper-old", 8, 1_200)
    assert AIModel.objects.count() == 1


def test_a_model_that_one_source_still_lists_is_listed(import_lines: Import) -> None:
    import_lines({**HUB, "removed": True})
    assert model("openai/whisper").status == "removed"

    import_lines(REPLICATE, source="replicate")

    assert model("openai/whisper").status == "listed"


def test_a_value_that_its_source_took_back_falls_to_the_next(import_lines: Import) -> None:
    import_lines({**HUB, "summary": "From the Hub"})
    import_lines(REPLICATE, source="replicate")
    assert model("openai/whisper").summary == "From the Hub"

    import_lines(HUB)

    assert model("openai/whisper").summary == "Convert speech in audio to text"


def test_prices_that_vanish_at_their_source_vanish_here(import_lines: Import) -> None:
    import_lines(WORKERS_AI, source="workers-ai")

    price = {"unit": "per request", "price": 0.1, "currency": "USD"}
    properties = [{"property_id": "price", "value": [price]}]
    import_lines({**WORKERS_AI, "properties": properties}, source="workers-ai")

    assert Offer.objects.get().unit == "per request"


def test_cards_by_id_come_from_a_file_of_their_own(tmp_path: Path) -> None:
    models, card_file = tmp_path / "models.jsonl", tmp_path / "cards.jsonl"
    prose = "A model that writes down what is said in a recording, in many languages."
    models.write_text(json.dumps(HUB))
    card_file.write_text(
        json.dumps(
            {"id": "openai/whisper", "lang": "en", "chars": 9_000, "text": f"# W\n\n{prose}"}
        )
    )

    said = told_by("jsonl", models, cards=card_file)
    again = told_by("jsonl", models, cards=card_file)
    without = told_by("jsonl", models)

    found = model("openai/whisper")
    assert (found.card.full_length, found.card.language) == (9_000, "en")
    assert found.summary == prose
    assert provenance.of(found)["summary"].note == "the beginning of its card"
    assert "1 created" in said
    assert "1 unchanged" in again
    assert "1 unchanged" in without


def test_a_changed_record_without_cards_keeps_the_card_it_had(tmp_path: Path) -> None:
    models, card_file = tmp_path / "models.jsonl", tmp_path / "cards.jsonl"
    prose = "A model that writes down what is said in a recording, in many languages."
    models.write_text(json.dumps(HUB))
    card_file.write_text(json.dumps({"id": "openai/whisper", "lang": "en", "text": prose}))
    told_by("jsonl", models, cards=card_file)

    models.write_text(json.dumps({**HUB, "likes": 8}))
    told_by("jsonl", models)

    assert (model("openai/whisper").summary, model("openai/whisper").likes) == (prose, 8)
    assert "1 unchanged" in told_by("jsonl", models, cards=card_file)


def test_a_spanish_card_is_kept_but_makes_no_summary(tmp_path: Path) -> None:
    models, card_file = tmp_path / "models.jsonl", tmp_path / "cards.jsonl"
    models.write_text(json.dumps(HUB))
    card_file.write_text(
        json.dumps({"id": "openai/whisper", "lang": "es", "text": "Un modelo " * 20})
    )

    told_by("jsonl", models, cards=card_file)

    assert model("openai/whisper").card.language == "es"
    assert model("openai/whisper").summary == ""


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("# Title\nA model that answers questions about long texts.", "A model that answers"),
        ("```\nimport torch\n```\n\nIt answers questions about quite long texts.", "It answers"),
        ("https://example.org/a b c d e f\n\n- a list of things that is quite long here", ""),
        ("[A link](https://x) to a model that answers in **bold** words", "A link to a model"),
    ],
)
def test_a_summary_is_the_first_prose_of_a_card(text: str, summary: str) -> None:
    found = cards.summary_of(cards.CardText(text, len(text)))

    assert found.startswith(summary)
    assert bool(found) == bool(summary)


def test_a_guessed_language_counts_as_that_language(tmp_path: Path) -> None:
    models, card_file = tmp_path / "models.jsonl", tmp_path / "cards.jsonl"
    models.write_text(json.dumps(HUB))
    text = "A model that writes down what is said in a recording."
    card_file.write_text(json.dumps({"id": "openai/whisper", "lang": "en?", "text": text}))

    told_by("jsonl", models, cards=card_file)

    assert (model("openai/whisper").card.language, model("openai/whisper").summary) == ("en", text)
