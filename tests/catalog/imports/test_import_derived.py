"""What an import reads between the lines: active parameters, abilities, memory, licenses."""

import json
from pathlib import Path

import pytest

from catalog import provenance
from catalog.models import AIModel
from tests.catalog.imports.importing import Import, model, notes_of, told_by, write_lines

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "active"),
    [
        ("Qwen3-30B-A3B", 3_000_000_000),
        ("Qwen3-235B-A22B-Instruct-GGUF", 22_000_000_000),
        ("granite-3.1-1b-a400m-base", 400_000_000),
        ("Qwen3-Next-80B_A3.5B", 3_500_000_000),
        ("Llama-3-8B", None),
        ("Mixtral-8x7B", None),
        ("grade-8b-a3bc", None),
    ],
)
def test_names_tell_the_active_parameters(
    import_lines: Import, name: str, active: int | None
) -> None:
    import_lines({"id": f"o/{name}", "parameters": 30_000_000_000})

    assert model(f"o/{name}").active_parameters == active
    assert ("active_parameters: read from its name" in notes_of(f"o/{name}")) == (
        active is not None
    )


def test_a_line_that_tells_them_itself_is_believed(import_lines: Import) -> None:
    import_lines({"id": "o/A-30B-A3B", "active_parameters": 3_300_000_000})

    assert model("o/A-30B-A3B").active_parameters == 3_300_000_000


@pytest.mark.parametrize(
    ("line", "capabilities"),
    [
        ({"id": "o/a", "pipeline_tag": "image-text-to-text"}, ["vision"]),
        ({"id": "o/a", "pipeline_tag": "image-to-image"}, []),
        ({"id": "o/a", "pipeline_tag": "text-to-speech"}, ["audio"]),
        ({"id": "o/a", "pipeline_tag": "sentence-similarity"}, ["embeddings"]),
        ({"id": "o/a", "pipeline_tag": "any-to-any"}, ["vision", "audio"]),
        ({"id": "o/Qwen3-4B-Thinking"}, ["reasoning"]),
        ({"id": "o/a", "tags": ["function-calling", "embeddings"]}, ["tools", "embeddings"]),
        ({"id": "o/a", "capabilities": ["tools"], "tags": ["reasoning"]}, ["tools", "reasoning"]),
        ({"id": "o/Rethinking-b", "pipeline_tag": "text-generation"}, []),
    ],
)
def test_task_tags_and_name_tell_abilities(
    import_lines: Import, line: dict[str, object], capabilities: list[str]
) -> None:
    import_lines(line)

    assert model(str(line["id"])).capabilities == capabilities


def test_an_ability_that_was_told_by_the_task_says_so(import_lines: Import) -> None:
    import_lines({"id": "o/a", "pipeline_tag": "text-to-speech"})

    origin = provenance.of(model("o/a"))["capabilities"]
    assert origin.source == "huggingface"
    assert "told by its task" in origin.note


def test_a_schema_with_an_iterator_streams(tmp_path: Path) -> None:
    output = {"type": "array", "items": {"type": "string"}, "x-cog-array-type": "iterator"}
    schemas = {"Input": {"type": "object", "properties": {}}, "Output": output}
    version = {"id": "v1", "openapi_schema": {"components": {"schemas": schemas}}}
    path = tmp_path / "models.json"
    path.write_text(json.dumps([{"owner": "meta", "name": "a", "latest_version": version}]))

    told_by("replicate", path)

    assert model("meta/a").capabilities == ["streaming"]


def test_memory_is_reckoned_on_the_way_in_and_again_when_the_source_says_more(
    import_lines: Import,
) -> None:
    import_lines({"id": "o/a-8b", "parameters": 8_000_000_000})
    before = model("o/a-8b").weight_bytes

    import_lines({"id": "o/a-8b", "parameters": 8_000_000_000, "tags": ["awq"]})

    assert (before, model("o/a-8b").weight_bytes) == (16_000_000_000, 4_500_000_000)
    assert model("o/a-8b").device == "gpu"


def test_licenses_are_inherited_by_what_came_with_its_base_or_before_it(
    import_lines: Import,
) -> None:
    import_lines({"id": "fan/tuned-gguf", "base_model": "fan/tuned"})
    import_lines(
        {"id": "fan/tuned", "base_model": ["maker/base"]},
        {"id": "maker/base", "license": "mit"},
        {"id": "fan/own", "base_model": "maker/base", "license": "cc-by-nc-4.0"},
    )

    assert model("fan/tuned").license_from == model("maker/base")
    assert model("fan/tuned-gguf").license_from == model("maker/base")
    assert model("fan/tuned-gguf").permits == "open"
    assert (model("fan/own").license_from, model("fan/own").permits) == (None, "non-commercial")


def test_a_changed_license_changes_its_heirs_and_only_them(
    tmp_path: Path, import_lines: Import
) -> None:
    lines = [
        {"id": "maker/base", "license": "mit"},
        {"id": "fan/tuned", "base_model": "maker/base"},
        {"id": "fan/other"},
    ]
    import_lines(*lines)
    AIModel.objects.update(indexed_as_of=model("fan/tuned").updated_at)
    before = {one.key: one.updated_at for one in AIModel.objects.all()}

    told_by("jsonl", write_lines(tmp_path / "new.jsonl", {**lines[0], "license": "cc-by-nc-4.0"}))

    assert model("fan/tuned").permits == "non-commercial"
    changed = {one.key for one in AIModel.objects.all() if one.updated_at != before[one.key]}
    assert changed == {"maker/base", "fan/tuned"}


def test_the_same_import_again_leaves_heirs_as_they_are(tmp_path: Path) -> None:
    path = write_lines(
        tmp_path / "models.jsonl",
        {"id": "maker/base", "license": "mit"},
        {"id": "fan/tuned", "base_model": "maker/base"},
    )
    told_by("jsonl", path)
    before = list(AIModel.objects.order_by("pk").values())

    told_by("jsonl", path)

    assert list(AIModel.objects.order_by("pk").values()) == before
