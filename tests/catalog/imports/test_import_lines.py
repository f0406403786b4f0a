"""Normalised lines become models, with all that listings of the Hub write in them."""

import json
from pathlib import Path

import pytest

from catalog.models import AIModel, Publisher, SourceRecord
from tests.catalog.imports.importing import Import, model, notes_of, told_by

pytestmark = pytest.mark.django_db


def test_a_line_becomes_a_listed_model_with_its_source(import_lines: Import) -> None:
    import_lines(
        {"id": "Owner/Name", "pipeline_tag": "text-generation", "sources": ["llmfit-2026-10"]}
    )

    found = AIModel.objects.listed().named("owner", "name").get()
    record = SourceRecord.objects.get(ai_model=found)
    assert (found.full_name, found.task_id) == ("Owner/Name", "text-generation")
    assert (record.origin, record.read_at.date().isoformat()) == ("llmfit-2026-10", "2026-10-01")


def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "models.jsonl"
    path.write_text(json.dumps({"id": "owner/name", "likes": 3, "tags": ["x"]}))
    told_by("jsonl", path)
    before = (AIModel.objects.values().get(), SourceRecord.objects.values().get())

    said = told_by("jsonl", path)

    assert "0 created, 0 changed, 1 unchanged, 0 rejected" in said
    assert (AIModel.objects.values().get(), SourceRecord.objects.values().get()) == before


def test_a_changed_line_changes_the_model_and_makes_it_stale_in_the_index(
    import_lines: Import,
) -> None:
    import_lines({"id": "owner/name", "likes": 3})
    before = model("owner/name")
    AIModel.objects.update(indexed_as_of=before.updated_at)

    said = import_lines({"id": "owner/name", "likes": 4})

    assert "0 created, 1 changed" in said
    assert model("owner/name").likes == 4
    assert AIModel.objects.stale_in_index().count() == 1


def test_what_is_only_seen_again_later_is_dated_but_not_stale(import_lines: Import) -> None:
    import_lines({"id": "owner/name"}, read_at="2026-01-01")
    before = model("owner/name")

    said = import_lines({"id": "owner/name"}, read_at="2026-02-01")

    after = model("owner/name")
    assert "1 unchanged" in said
    assert str(after.last_seen_at) == "2026-02-01 00:00:00+00:00"
    assert after.updated_at == before.updated_at


def test_an_older_reading_does_not_replace_a_newer_one(import_lines: Import) -> None:
    import_lines({"id": "owner/name", "likes": 9, "sources": ["radar-2026-08"]})

    import_lines({"id": "owner/name", "likes": 1, "sources": ["old-2022-02"]})

    assert model("owner/name").likes == 9


def test_an_id_without_owner_gets_the_source_as_its_publisher(import_lines: Import) -> None:
    import_lines({"id": "gpt2", "author": None})

    assert model("huggingface/gpt2").source_id == "gpt2"


def test_ids_that_differ_in_case_only_are_one_model_with_two_records(import_lines: Import) -> None:
    import_lines({"id": "Owner/Name", "downloads": 5}, {"id": "owner/name", "downloads": 500})

    found = model("owner/name")
    assert AIModel.objects.count() == 1
    assert (found.name, found.downloads) == ("name", 500)
    assert found.source_records.count() == 2


def test_strange_but_real_names_are_taken(import_lines: Import) -> None:
    names = ["_leading", "double--dash", "x" * 250]

    import_lines(*({"id": f"owner/{name}"} for name in names))

    assert set(AIModel.objects.values_list("name", flat=True)) == set(names)


@pytest.mark.parametrize(
    "bad", [None, "", "a/b/c", "/name", "owner/", "has space/name", f"{'o' * 101}/n", 7]
)
def test_an_id_that_names_no_model_is_rejected(import_lines: Import, bad: object) -> None:
    said = import_lines({"id": bad}, {"id": "owner/good"})

    assert "1 created, 0 changed, 0 unchanged, 1 rejected" in said


@pytest.mark.parametrize("task", [None, "unknown", "other", "no-such-task"])
def test_a_task_that_says_nothing_is_left_empty(import_lines: Import, task: str | None) -> None:
    import_lines({"id": "owner/name", "pipeline_tag": task})

    assert model("owner/name").task_id is None


def test_task_and_library_are_read_from_tags_where_their_fields_are_empty(
    import_lines: Import,
) -> None:
    import_lines({"id": "owner/name", "tags": ["transformers", "fill-mask", "bert"]})

    found = model("owner/name")
    assert (found.task_id, found.library_id, found.tags) == ("fill-mask", "transformers", ["bert"])
    assert "task: read from its tags" in notes_of("owner/name")


def test_tags_that_are_fields_become_fields(import_lines: Import) -> None:
    import_lines(
        {
            "id": "owner/name",
            "tags": [
                *("en", "pytorch", "arxiv:2310.06825", "dataset:squad", "license:mit"),
                *("region:us", "base_model:big/one", "base_model:quantized:big/one"),
                *("doi:10.57967/hf/1", "deploy:azure", "endpoints_compatible", "chat"),
            ],
        }
    )

    found = model("owner/name")
    assert found.tags == ["chat"]
    assert (found.languages, found.formats, found.datasets) == (["en"], ["pytorch"], ["squad"])
    assert (found.papers, found.license_id, found.regions) == (["2310.06825"], "mit", ["us"])
    assert (found.base_model_names, found.base_relation) == (["big/one"], "quantized")


def test_a_line_may_say_what_else_a_model_is_called(import_lines: Import) -> None:
    import_lines({"id": "owner/name", "aliases": ["Other Name", "other name", ""]})

    assert model("owner/name").aliases == ["Other Name"]


def test_tags_are_cut_in_number_and_length_with_a_note(import_lines: Import) -> None:
    tags = [*(f"tag {number}" for number in range(2_074)), "long" * 50, "Tag 1"]

    import_lines({"id": "owner/name", "tags": ["long" * 50, *tags]})

    found = model("owner/name")
    assert len(found.tags) == 200
    assert max(map(len, found.tags)) == 100
    assert any(note.startswith("tags: cut from 2075 to 200") for note in notes_of("owner/name"))


@pytest.mark.parametrize(
    ("said", "license_id", "license_class"),
    [
        ("apache-2", "apache-2.0", "open"),
        ("apache-2.0", "apache-2.0", "open"),
        (["mit"], "mit", "open"),
        ("cc-by-nc-4.0", "cc-by-nc-4.0", "non-commercial"),
        ("my very own terms", None, "unknown"),
        (None, None, "unknown"),
    ],
)
def test_licenses_are_known_by_every_spelling(
    import_lines: Import, said: object, license_id: str | None, license_class: str
) -> None:
    import_lines({"id": "owner/name", "license": said})

    found = model("owner/name")
    assert (found.license_id, found.license_class) == (license_id, license_class)


def test_the_text_of_an_unknown_license_is_kept(import_lines: Import) -> None:
    import_lines({"id": "owner/name", "license": "my very own terms"})

    assert model("owner/name").license_text == "my very own terms"


@pytest.mark.parametrize(
    ("said", "names"),
    [("a/b", ["a/b"]), ("a/b, c/d", ["a/b", "c/d"]), (["a/b"], ["a/b"]), (None, [])],
)
def test_base_models_come_as_text_or_list(
    import_lines: Import, said: object, names: list[str]
) -> None:
    import_lines({"id": "owner/name", "base_model": said})

    assert model("owner/name").base_model_names == names


def test_a_base_model_is_found_whichever_comes_first(import_lines: Import) -> None:
    import_lines({"id": "small/one", "base_model": "Big/One"})
    assert model("small/one").base_model is None

    import_lines({"id": "big/one"}, {"id": "small/two", "base_model": "big/one"})

    assert model("small/one").base_model == model("small/two").base_model == model("big/one")


@pytest.mark.parametrize(
    ("said", "gate"),
    [("auto", "auto"), ("manual", "manual"), (False, "none"), (True, "auto"), (None, "")],
)
def test_gates_come_as_words_and_booleans(import_lines: Import, said: object, gate: str) -> None:
    import_lines({"id": "owner/name", "gated": said})

    assert model("owner/name").gate == gate


@pytest.mark.parametrize(
    ("said", "downloads"),
    [
        *((257_000_000, 257_000_000), (12.0, 12), ("12", 12)),
        *((None, None), (-1, None), ("many", None), (10**30, None), (True, None), ({}, None)),
    ],
)
def test_counters_are_numbers_or_dropped(
    import_lines: Import, said: object, downloads: int | None
) -> None:
    import_lines({"id": "owner/name", "downloads": said})

    assert model("owner/name").downloads == downloads


@pytest.mark.parametrize(
    ("said", "moment"),
    [
        ("2026-08-18T06:09:20.500Z", "2026-08-18T06:09:20.500000+00:00"),
        ("2022-01-20T12:13:34Z", "2022-01-20T12:13:34+00:00"),
        ("2025-09-27", "2025-09-27T00:00:00+00:00"),
        ("2025-02-14 12:28:19.009", "2025-02-14T12:28:19.009000+00:00"),
        (None, None),
        ("soon", None),
        ("0001-01-01", None),
        (1700000000, None),
    ],
)
def test_dates_in_every_form(import_lines: Import, said: object, moment: str | None) -> None:
    import_lines({"id": "owner/name", "created_at": said})

    found = model("owner/name").published_at
    assert (found.isoformat() if found else None) == moment


def test_norwegian_survives_yaml(import_lines: Import) -> None:
    import_lines({"id": "owner/name", "languages": [False, "en", "English"]})

    assert model("owner/name").languages == ["no", "en"]


def test_private_models_are_hidden_and_removed_ones_stay_as_tombstones(
    import_lines: Import,
) -> None:
    import_lines({"id": "o/private", "private": True}, {"id": "o/gone", "removed": True})

    assert (model("o/private").status, model("o/gone").status) == ("hidden", "removed")
    assert not AIModel.objects.listed().exists()


def test_publishers_are_one_whatever_the_case(import_lines: Import) -> None:
    import_lines({"id": "Owner/a"}, {"id": "OWNER/b"})

    assert Publisher.objects.get().key == "owner"


def test_the_memory_needed_is_told_in_bytes(import_lines: Import) -> None:
    import_lines({"id": "owner/name", "min_vram_gb": 15.3})

    assert model("owner/name").memory_bytes == 15_300_000_000
