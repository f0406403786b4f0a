"""What each outside catalog's own shape becomes."""

import json
from pathlib import Path
from typing import Any

import pytest

from catalog import vocabulary
from catalog.models import DailyRuns, Example, Library, License, Task, Version
from catalog.sources import schemas, vocabularies
from tests.catalog.imports.importing import Import, model, notes_of, told_by

pytestmark = pytest.mark.django_db

WIRE = {
    "_id": "621ffdc036468d709f17434d",
    "modelId": "owner/name",
    "sha": "abc",
    "createdAt": "2024-05-01T10:00:00.000Z",
    "lastModified": "2024-06-01T10:00:00.000Z",
    "private": False,
    "gated": "manual",
    "disabled": False,
    "downloads": 50,
    "likes": 5,
    "library_name": "transformers",
    "pipeline_tag": "text-generation",
    "trendingScore": 1.5,
    "usedStorage": 123,
    "tags": ["transformers", "text-generation", "conversational", "arxiv:2310.06825"],
    "siblings": [{"rfilename": "model-00001.safetensors"}, {"rfilename": "pytorch_model.bin"}, {}],
    "safetensors": {"parameters": {"BF16": 8}, "total": 8_030_261_248},
    "gguf": {"total": 1, "context_length": 8_192},
    "cardData": {
        "license": "other",
        "license_name": "llama3",
        "license_link": "https://llama.meta.com/llama3/license/",
        "language": ["en", False],
        "base_model": "big/one",
        "base_model_relation": "finetune",
        "datasets": ["squad"],
    },
    "inferenceProviderMapping": [{"provider": "novita"}, {"provider": "fireworks-ai"}],
}


def schema(inputs: dict[str, Any], output: dict[str, Any], *required: str) -> dict[str, Any]:
    parts = {
        "Input": {"type": "object", "properties": inputs, "required": list(required)},
        "Output": output,
    }
    return {"openapi": "3.0.2", "components": {"schemas": parts}}


TEXT, FILE = {"type": "string"}, {"type": "string", "format": "uri"}
FLUX = {
    "owner": "maker",
    "name": "draw",
    "url": "https://replicate.com/maker/draw",
    "description": "Draws",
    "visibility": "public",
    "run_count": 1_200,
    "github_url": "https://github.com/maker/draw",
    "paper_url": "https://arxiv.org/abs/2112.10752",
    "license_url": "https://choosealicense.com/licenses/mit/",
    "cover_image_url": "https://example.org/cover.webp",
    "created_at": "2025-01-15T21:17:59.043605Z",
    "latest_version": {
        "id": "5c7d5dc6",
        "created_at": "2025-01-16T00:00:00Z",
        "cog_version": "0.11.1",
        "openapi_schema": schema({"prompt": TEXT}, {"type": "array", "items": FILE}, "prompt"),
    },
    "default_example": {
        "id": "example1",
        "version": "5c7d5dc6",
        "created_at": "2025-01-16T00:00:00Z",
        "input": {"prompt": "a cat"},
        "output": ["https://example.org/cat.png"],
        "metrics": {"predict_time": 2.5},
        "error": None,
        "webhook": "https://internal.example.org/",
    },
}


def test_the_hubs_wire_format_fills_the_model(import_lines: Import) -> None:
    import_lines(WIRE, source="huggingface")

    found = model("owner/name")
    assert (found.parameters, found.context_length) == (8_030_261_248, 8_192)
    assert (found.storage_bytes, found.trending_score) == (123, 1.5)
    assert (found.license_id, found.license_url) == ("llama3", WIRE["cardData"]["license_link"])
    assert (found.languages, found.datasets) == (["en", "no"], ["squad"])
    assert (found.base_model_names, found.base_relation) == (["big/one"], "finetune")
    assert (found.formats, found.gate) == (["pytorch", "safetensors"], "manual")
    assert found.paper_url == "https://arxiv.org/abs/2310.06825"
    assert found.tags == ["conversational"]
    assert "offers: novita runs it, price not told" in notes_of("owner/name")


@pytest.mark.parametrize(
    "nothing",
    [{name: None} for name in WIRE if name != "modelId"]
    + [{"siblings": [None, 7, {"rfilename": None}]}, {"cardData": "text"}, {"safetensors": []}],
)
def test_each_of_the_hubs_fields_may_be_empty(
    import_lines: Import, nothing: dict[str, object]
) -> None:
    assert "1 created" in import_lines({**WIRE, **nothing}, source="huggingface")


def test_a_disabled_model_of_the_hub_is_hidden(import_lines: Import) -> None:
    import_lines({**WIRE, "disabled": True}, source="huggingface")

    assert model("owner/name").status == "hidden"


def test_a_replicate_model_brings_its_version_and_its_example(import_lines: Import) -> None:
    import_lines(FLUX, source="replicate")

    found, version, example = model("maker/draw"), Version.objects.get(), Example.objects.get()
    assert (found.runs, found.license_id, found.task_id) == (1_200, "mit", "text-to-image")
    assert (found.papers, found.code_url) == (["2112.10752"], "https://github.com/maker/draw")
    assert (version.version_id, version.cog_version) == ("5c7d5dc6", "0.11.1")
    assert version.openapi_schema == FLUX["latest_version"]["openapi_schema"]
    assert (example.input, example.seconds) == ({"prompt": "a cat"}, 2.5)
    assert any(note.startswith("task: derived from") for note in notes_of("maker/draw"))


def test_an_example_of_3_mb_is_cut_and_stays_json(import_lines: Import) -> None:
    output = {"words": [{"word": "w" * 50, "at": number} for number in range(45_000)]}
    example = {**FLUX["default_example"], "output": output, "input": {"image": "x" * 3_000_000}}

    import_lines({**FLUX, "default_example": example}, source="replicate")

    kept = Example.objects.get()
    assert len(json.dumps(kept.output)) < 64_000
    assert len(kept.input["image"]) < 64_000
    assert any(note.startswith("examples: cut from") for note in notes_of("maker/draw"))


@pytest.mark.parametrize(("size", "is_kept"), [(333_000, True), (1_500_000, False)])
def test_large_schemas_are_kept_and_huge_ones_left_out(
    import_lines: Import, size: int, is_kept: bool
) -> None:
    large = schema({"prompt": {"type": "string", "description": "d" * size}}, FILE, "prompt")
    version = {**FLUX["latest_version"], "openapi_schema": large}

    import_lines({**FLUX, "latest_version": version}, source="replicate")

    assert Version.objects.exists() is is_kept
    if not is_kept:
        assert any("left out" in note for note in notes_of("maker/draw"))


@pytest.mark.parametrize(
    ("inputs", "output", "example", "task"),
    [
        ({"prompt": TEXT, "image": FILE}, FILE, "https://x/y.png", "text-to-image"),
        ({"image": FILE}, FILE, "https://x/y.webp", "image-to-image"),
        ({"image": FILE}, FILE, "https://x/y.mp4", "image-to-video"),
        ({"audio": FILE}, TEXT, "hello", "automatic-speech-recognition"),
        ({"prompt": TEXT}, {"type": "array", "items": TEXT}, ["a"], "text-generation"),
        ({"image": FILE}, TEXT, "a cat", "image-to-text"),
        (
            {"text": TEXT},
            {"type": "array", "items": {"type": "number"}},
            [0.1],
            "feature-extraction",
        ),
        ({"seed": {"type": "integer"}}, {"type": "object"}, {}, None),
    ],
)
def test_a_task_is_derived_from_what_goes_in_and_comes_out(
    inputs: dict[str, Any], output: dict[str, Any], example: object, task: str | None
) -> None:
    assert schemas.task_of(schema(inputs, output), example, "thing", "") == task


def test_every_task_that_may_be_derived_is_in_the_vocabulary() -> None:
    derived = {task for rows in schemas._TASKS.values() for _, task in rows}

    assert derived <= {task.id for task in vocabulary.tasks()}


def test_daily_runs_are_found_in_the_folder(tmp_path: Path) -> None:
    days = [{"date": "2025-01-01", "dailyRuns": 3, "totalRuns": 10}, {"date": "soon"}, None]
    (tmp_path / "models.json").write_text(json.dumps([FLUX]))
    (tmp_path / "stats.json").write_text(json.dumps({"maker/draw": days, "no/such": days}))

    said = told_by("replicate", tmp_path)
    again = told_by("replicate", tmp_path)

    day = DailyRuns.objects.get()
    assert (str(day.date), day.runs, day.total) == ("2025-01-01", 3, 10)
    assert "1 daily count" in said
    assert "daily" not in again


def test_workers_ai_says_booleans_and_numbers_as_text(import_lines: Import) -> None:
    properties = {
        "context_window": "1310720",
        "function_calling": "true",
        "vision": "false",
        "reasoning": "true",
        "reasoning_effort": {"supported_efforts": ["max"]},
        "terms": "https://example.org/terms",
        "planned_deprecation_date": "2026-05-30",
    }
    record = {
        "name": "@cf/zai-org/glm",
        "task": {"name": "Text Generation"},
        "created_at": "2025-02-14 12:28:19.009",
        "properties": [{"property_id": name, "value": said} for name, said in properties.items()],
        "schema": {"input": {"type": "object", "properties": {"prompt": TEXT}}, "output": TEXT},
    }

    import_lines(record, source="workers-ai", read_at="2026-06-01")

    found = model("zai-org/glm")
    assert (found.context_length, found.capabilities) == (1_310_720, ["reasoning", "tools"])
    assert (found.status, str(found.deprecated_at)) == ("deprecated", "2026-05-30")
    assert found.task_id == "text-generation"
    parts = Version.objects.get().openapi_schema["components"]["schemas"]
    assert parts["Input"]["properties"] == {"prompt": TEXT}


def test_the_vocabularies_are_loaded_once_however_often() -> None:
    vocabularies.load()
    vocabularies.load()

    assert Task.objects.count() == len(vocabulary.tasks())
    assert Library.objects.count() == len(vocabulary.libraries())
    assert License.objects.count() == len(vocabulary.licenses())
