"""The committed starter files hold what ORIGIN.json says, and nothing but facts."""

import gzip
import hashlib
import io
import json
import tarfile
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from catalog import starter
from catalog.starter import build, hub, replicate

ALWAYS = {
    "id",
    "author",
    "pipeline_tag",
    "library_name",
    "tags",
    "downloads",
    "likes",
    "created_at",
    "last_modified",
    "license",
    "private",
    "gated",
    "sources",
}
SOMETIMES = {
    "parameters",
    "active_parameters",
    "context_length",
    "min_vram_gb",
    "languages",
    "formats",
    "capabilities",
    "tags_derived",
}
MEGABYTE = 1_000_000


def text_of(file: str) -> str:
    return gzip.decompress((starter.FOLDER / file).read_bytes()).decode()


@pytest.fixture(scope="module")
def hub_lines() -> list[dict[str, Any]]:
    return [json.loads(line) for line in text_of("hub_models.jsonl.gz").splitlines()]


@pytest.fixture(scope="module")
def replicate_models() -> list[dict[str, Any]]:
    models: list[dict[str, Any]] = json.loads(text_of("replicate_models.json.gz"))
    return models


@pytest.fixture(scope="module")
def replicate_runs() -> dict[str, list[dict[str, Any]]]:
    runs: dict[str, list[dict[str, Any]]] = json.loads(text_of("replicate_stats.json.gz"))
    return runs


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from strings([*value, *value.values()])
    elif isinstance(value, list):
        for one in value:
            yield from strings(one)


def schemas_in(schema: Any) -> Iterator[dict[str, Any]]:
    """The schema and all inside it; names of properties are not taken for keywords."""
    yield schema
    inner = [schema[key] for key in ("items", "additionalProperties") if key in schema]
    inner += schema.get("properties", {}).values()
    inner += (one for key in ("allOf", "anyOf", "oneOf") for one in schema.get(key, []))
    for one in inner:
        yield from schemas_in(one)


def document_with(**schemas: Any) -> dict[str, Any]:
    return {"openapi": "3.0.2", "info": {"title": "Cog"}, "components": {"schemas": schemas}}


# The committed files


@pytest.mark.parametrize("origin", starter.origins(), ids=lambda origin: origin.file)
def test_each_file_has_the_bytes_that_its_origin_names(origin: starter.Origin) -> None:
    content = (starter.FOLDER / origin.file).read_bytes()

    assert hashlib.sha256(content).hexdigest() == origin.sha256


@pytest.mark.parametrize("origin", starter.origins(), ids=lambda origin: origin.file)
def test_each_origin_names_package_license_and_day(origin: starter.Origin) -> None:
    assert origin.package
    assert origin.registry in {"PyPI", "npm"}
    assert origin.license
    assert origin.notice
    assert date(2024, 1, 1) < origin.date < date.today()


def test_the_license_of_the_hub_list_is_kept_with_its_copyright_line() -> None:
    hub_origin = starter.origins()[0]

    license_text = (starter.FOLDER / "LICENSE-llmfit.txt").read_text()

    assert hub_origin.license == "MIT"
    assert license_text.startswith("MIT License")
    assert hub_origin.notice in license_text


def test_the_records_are_as_many_as_the_origins_say(
    hub_lines: list[Any], replicate_models: list[Any], replicate_runs: dict[str, Any]
) -> None:
    said = {origin.file: origin.records for origin in starter.origins()}

    assert said == {
        "hub_models.jsonl.gz": len(hub_lines),
        "replicate_models.json.gz": len(replicate_models),
        "replicate_stats.json.gz": len(replicate_runs),
    }
    assert len(hub_lines) > 16_000
    assert len(replicate_models) > 3_500


def test_the_files_to_import_are_there_and_small() -> None:
    listed = starter.files()

    paths = [path for file in listed for path in (file.path, file.stats) if path]

    assert [file.source for file in listed] == ["jsonl", "replicate"]
    assert {path.name for path in paths} == {origin.file for origin in starter.origins()}
    assert sum(path.stat().st_size for path in paths) < 4 * MEGABYTE


def test_every_hub_line_has_the_keys_of_a_normalised_line(hub_lines: list[dict[str, Any]]) -> None:
    unusual = [
        m["id"] for m in hub_lines if not m.keys() >= ALWAYS or m.keys() - ALWAYS - SOMETIMES
    ]

    assert unusual == []


def test_every_hub_line_has_a_valid_id_that_no_other_has(hub_lines: list[dict[str, Any]]) -> None:
    ids = [line["id"] for line in hub_lines]

    assert [name for name in ids if not hub.MODEL_ID.fullmatch(name)] == []
    assert len({name.lower() for name in ids}) == len(ids)
    assert ids == sorted(ids)


def test_every_replicate_model_has_a_version_with_input_and_output(
    replicate_models: list[dict[str, Any]],
) -> None:
    lacking = [
        model["url"]
        for model in replicate_models
        if not {"Input", "Output"}
        <= model["latest_version"]["openapi_schema"]["components"]["schemas"].keys()
    ]

    assert lacking == []


def test_every_reference_in_a_schema_leads_somewhere(
    replicate_models: list[dict[str, Any]],
) -> None:
    broken = [
        (model["url"], schema["$ref"])
        for model in replicate_models
        for kept in [model["latest_version"]["openapi_schema"]["components"]["schemas"]]
        for top in kept.values()
        for schema in schemas_in(top)
        if "$ref" in schema and schema["$ref"].removeprefix(replicate.REFERENCE) not in kept
    ]

    assert broken == []


def test_no_model_brings_prose_or_an_example(replicate_models: list[dict[str, Any]]) -> None:
    prose = ("description", "default_example", "cover_image_url")

    assert {model[key] for model in replicate_models for key in prose} == {None}


def test_schemas_hold_only_keywords_of_facts(replicate_models: list[dict[str, Any]]) -> None:
    facts = {*replicate.KEPT, "properties", "items", "additionalProperties"}
    facts |= {"allOf", "anyOf", "oneOf", "enum", "default"}

    found = {
        key
        for model in replicate_models
        for top in model["latest_version"]["openapi_schema"]["components"]["schemas"].values()
        for schema in schemas_in(top)
        for key in schema
    }

    assert found <= facts


def test_no_string_is_long_enough_to_be_prose(
    hub_lines: list[Any], replicate_models: list[Any], replicate_runs: dict[str, Any]
) -> None:
    everything = strings([hub_lines, replicate_models, replicate_runs])

    assert [text for text in everything if len(text) > replicate.LONGEST_STRING] == []


def test_daily_runs_cover_thirty_days_up_to_their_date(
    replicate_runs: dict[str, list[dict[str, Any]]],
) -> None:
    days = {day["date"] for runs in replicate_runs.values() for day in runs}

    assert len(days) <= replicate.DAYS_OF_RUNS
    assert max(days) == starter.origins()[-1].date.isoformat()


# What the build makes of one record


def test_a_record_of_the_hub_list_becomes_a_normalised_line() -> None:
    record = hub_record(
        name="Acme/Rocket-8x7B-AWQ",
        format="awq",
        is_moe=True,
        active_parameters=12,
        capabilities=["vision", "tool_use"],
    )

    line = hub.line(record, source="llmfit-2026-10")

    assert line["author"] == "Acme"
    assert line["tags"] == ["llama", "moe"]
    assert line["formats"] == ["awq"]
    assert line["active_parameters"] == 12
    assert line["capabilities"] == ["vision", "tool_use"]
    assert line["min_vram_gb"] == 4.1
    assert line["created_at"] == "2024-05-11"
    assert line["sources"] == ["llmfit-2026-10"]
    assert "use_case" not in line


def test_what_the_package_does_not_know_is_null_or_left_out() -> None:
    record = hub_record(
        pipeline_tag="unknown", license="unknown", hf_downloads=0, hf_likes=0, format="gguf"
    )

    line = hub.line(record, source="made-up")

    assert [line[key] for key in ("pipeline_tag", "license", "downloads", "likes")] == [None] * 4
    assert not {"formats", "capabilities", "active_parameters"} & line.keys()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"vocab_size": 32000}, 4096),
        ({"vocab_size": None, "hidden_size": None}, None),
        ({"vocab_size": 32000, "pipeline_tag": "text-to-speech"}, None),
    ],
)
def test_the_fallback_context_length_counts_only_when_a_text_config_was_read(
    change: dict[str, Any], expected: int | None
) -> None:
    line = hub.line(hub_record(context_length=4096, **change), source="made-up")

    assert line.get("context_length") == expected


def test_guessed_languages_are_dropped() -> None:
    record = hub_record(languages=["en", "kyg", "rl-swarm", "tf", "on-device"])

    assert hub.line(record, source="made-up")["languages"] == ["en", "kyg"]


def test_of_ids_that_differ_in_case_the_more_downloaded_stays() -> None:
    records = [
        hub_record(name="Acme/rocket", hf_downloads=5),
        hub_record(name="Acme/Rocket", hf_downloads=9),
        hub_record(name="no owner"),
    ]

    assert [line["id"] for line in hub.lines(records, source="made-up")] == ["Acme/Rocket"]


def test_a_program_without_a_list_says_so() -> None:
    with pytest.raises(hub.NoModelList, match="use a version that holds one"):
        hub.model_list(b"\x7fELF without any list")


# What the build makes of a schema


def test_a_field_keeps_type_limits_and_order_and_loses_its_prose() -> None:
    width = {
        "type": "integer",
        "title": "Width",
        "description": "How wide.",
        "default": 512,
        "minimum": 64,
        "maximum": 2048,
        "x-order": 2,
        "examples": [640],
    }

    kept = replicate.trimmed(document_with(Input={"type": "object", "properties": {"w": width}}))

    fields = kept["components"]["schemas"]["Input"]["properties"]
    assert fields == {
        "w": {"type": "integer", "default": 512, "minimum": 64, "maximum": 2048, "x-order": 2}
    }


def test_a_field_may_be_named_like_a_keyword() -> None:
    fields = {"description": {"type": "string", "default": "a voice, slow and warm"}}

    kept = replicate.trimmed(document_with(Input={"properties": fields}))

    assert kept["components"]["schemas"]["Input"] == {
        "properties": {"description": {"type": "string"}}
    }


def test_choices_are_kept_with_the_schema_that_lists_them() -> None:
    scheduler = {"allOf": [{"$ref": "#/components/schemas/scheduler"}], "default": "DDIM"}
    document = document_with(
        Input={"properties": {"scheduler": scheduler}},
        scheduler={"enum": ["DDIM", "PNDM"], "type": "string", "description": "An enumeration."},
        Request={"type": "object"},
    )

    kept = replicate.trimmed(document)["components"]["schemas"]

    assert kept["Input"]["properties"]["scheduler"] == scheduler
    assert kept["scheduler"] == {"enum": ["DDIM", "PNDM"], "type": "string"}
    assert "Request" not in kept


@pytest.mark.parametrize(
    ("default", "is_kept"),
    [(True, True), (7.5, True), ("small", True), ("an astronaut on a horse", False), (None, False)],
)
def test_a_default_is_kept_when_it_is_a_number_or_a_choice(default: Any, is_kept: bool) -> None:
    field = {"enum": ["small", "large"], "default": default}

    kept = replicate.trimmed(document_with(Input={"properties": {"size": field}}))

    assert ("default" in kept["components"]["schemas"]["Input"]["properties"]["size"]) is is_kept


def test_an_output_keeps_how_cog_streams_it() -> None:
    output = {
        "type": "array",
        "items": {"type": "string", "format": "uri"},
        "x-cog-array-type": "iterator",
        "x-cog-array-display": "concatenate",
    }

    kept = replicate.trimmed(document_with(Output=output | {"title": "Output"}))

    assert kept["components"]["schemas"]["Output"] == output


def test_nested_objects_and_what_they_refer_to_are_kept() -> None:
    word = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Word"}}}
    output = {
        "type": "object",
        "required": ["words"],
        "properties": {
            "words": {"type": "array", "items": {"$ref": "#/components/schemas/Word"}},
            "box": {"type": "object", "properties": {"x": {"type": "number", "title": "X"}}},
        },
    }

    kept = replicate.trimmed(document_with(Output=output, Word=word))["components"]["schemas"]

    assert kept["Word"] == word
    assert kept["Output"]["required"] == ["words"]
    assert kept["Output"]["properties"]["box"]["properties"] == {"x": {"type": "number"}}


def test_a_link_that_is_no_web_address_is_dropped() -> None:
    record = replicate_record(github_url="https://example.org/a", paper_url="see the appendix")

    model = replicate.model(record)

    assert (model["github_url"], model["paper_url"]) == ("https://example.org/a", None)


def test_only_the_last_thirty_days_of_runs_are_kept() -> None:
    runs = {
        "acme/busy": [{"date": "2024-12-16"}, {"date": "2024-12-17"}, {"date": "2025-01-15"}],
        "acme/quiet": [{"date": "2024-06-01"}],
        "acme/never": [],
    }

    assert replicate.recent_runs(runs) == {
        "acme/busy": [{"date": "2024-12-17"}, {"date": "2025-01-15"}]
    }


# The build as a whole, from made-up packages


def test_two_builds_give_the_same_bytes(tmp_path: Path) -> None:
    wheel, tarball = made_up_wheel(tmp_path), made_up_tarball(tmp_path)
    first, second = tmp_path / "first", tmp_path / "second"

    for folder in (first, second):
        build.build(wheel, tarball, folder)

    assert contents(first) == contents(second)
    assert "ORIGIN.json" in contents(first)


def test_the_build_takes_names_licenses_and_dates_from_the_packages(tmp_path: Path) -> None:
    wheel, tarball = made_up_wheel(tmp_path), made_up_tarball(tmp_path)

    hub_origin, models_origin, runs_origin = build.build(wheel, tarball, tmp_path)

    assert (hub_origin.package, hub_origin.version) == ("llmfit", "9.9.9")
    assert (hub_origin.license, hub_origin.notice) == ("MIT", "Copyright (c) 2026 Somebody")
    assert hub_origin.date == date(2024, 5, 11)
    assert models_origin.license == build.NO_LICENSE
    assert models_origin.url == "https://example.org/models"
    assert models_origin.date == date(2025, 1, 15)
    assert (hub_origin.records, models_origin.records, runs_origin.records) == (2, 1, 1)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def hub_record(**changes: Any) -> dict[str, Any]:
    record = {
        "name": "Acme/Rocket-7B",
        "parameters_raw": 7_000_000_000,
        "min_vram_gb": 4.1,
        "context_length": 8192,
        "use_case": "General purpose text generation",
        "capabilities": [],
        "pipeline_tag": "text-generation",
        "architecture": "llama",
        "hf_downloads": 10,
        "hf_likes": 3,
        "release_date": "2024-05-11",
        "license": "mit",
    }
    return record | changes


def replicate_record(**changes: Any) -> dict[str, Any]:
    record = {
        "url": "https://replicate.com/acme/rocket",
        "owner": "acme",
        "name": "rocket",
        "description": "Draws rockets.",
        "visibility": "public",
        "run_count": 12,
        "created_at": "2025-01-13T19:31:40.061442Z",
        "default_example": {"input": {"prompt": "a rocket"}},
        "latest_version": {
            "id": "79673c2c",
            "created_at": "2025-01-15T15:23:11.404230Z",
            "cog_version": "0.13.6",
            "openapi_schema": document_with(Input={"type": "object"}, Output={"type": "string"}),
        },
    }
    return record | changes


def made_up_wheel(folder: Path) -> Path:
    records = [hub_record(), hub_record(name="Acme/Rocket-1B", release_date=None)]
    metadata = "Metadata-Version: 2.4\nName: llmfit\nVersion: 9.9.9\nLicense-File: LICENSE\n"
    wheel = folder / "llmfit-9.9.9-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("llmfit-9.9.9.dist-info/METADATA", metadata)
        archive.writestr(
            "llmfit-9.9.9.dist-info/licenses/LICENSE",
            "MIT License\n\nCopyright (c) 2026 Somebody\n",
        )
        program = b"\x7fELF[]" + json.dumps(records, indent=2).encode() + b"\x00[\n]"
        archive.writestr("llmfit-9.9.9.data/scripts/llmfit", program)
    return wheel


def made_up_tarball(folder: Path) -> Path:
    members = {
        "package.json": {
            "name": build.NPM_PACKAGE,
            "version": "9.9.9",
            "repository": "https://example.org/models",
        },
        "models.json": [replicate_record(), replicate_record(owner="not valid")],
        "stats.json": {"acme/rocket": [{"date": "2025-01-15", "totalRuns": 12, "dailyRuns": 1}]},
    }
    tarball = folder / f"{build.NPM_PACKAGE}-9.9.9.tgz"
    with tarfile.open(tarball, "w:gz") as archive:
        for name, value in members.items():
            content = json.dumps(value).encode()
            entry = tarfile.TarInfo(f"package/{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return tarball
