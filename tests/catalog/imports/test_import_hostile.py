"""Broken, huge and hostile records: each is taken, cut or rejected alone; nothing else stops."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from catalog.models import AIModel, Card, ImportReject, Source
from catalog.sources import candidates, cards, ingest, jsonl, reading
from catalog.sources.record import Record
from tests.catalog.imports.importing import Import, model, notes_of, told_by

pytestmark = pytest.mark.django_db

GOOD = {"id": "owner/good"}


@pytest.mark.parametrize(
    "broken",
    ['{"id": "owner/bad"', "[1, 2]", "not json", "null", '"text"', '{"id": }', "[" * 5_000],
)
def test_a_broken_line_is_rejected_alone_with_its_reason(import_lines: Import, broken: str) -> None:
    said = import_lines({"id": "owner/first"}, broken, GOOD)

    reject = ImportReject.objects.get()
    assert "2 created, 0 changed, 0 unchanged, 1 rejected" in said
    assert (reject.position, reject.text.strip()) == (2, broken[:10_000])
    assert reject.reason


def test_a_rejected_record_is_kept_once(import_lines: Import) -> None:
    import_lines("broken")
    import_lines("broken")

    assert ImportReject.objects.count() == 1


def test_nul_bytes_and_lone_surrogates_are_removed_with_a_note(import_lines: Import) -> None:
    import_lines(
        r'{"id": "owner/name", "license": "my\u0000own", "tags": ["one\u0000two", "th\ud800ree"]}',
        b'{"id": "owner/raw", "sha": "ab\x00cd"}',
        b'{"id": "owner/latin", "tags": ["caf\xe9"]}',
    )

    found = model("owner/name")
    assert (found.tags, found.license_text) == (["onetwo", "three"], "myown")
    assert "tags: 1 control character removed" in notes_of("owner/name")
    assert model("owner/raw").revision == "abcd"
    assert model("owner/latin").tags == ["caf\ufffd"]


def test_a_nul_byte_in_an_id_is_removed(import_lines: Import) -> None:
    import_lines(r'{"id": "owner/na\u0000me"}')

    assert model("owner/name")


@pytest.mark.parametrize(
    "field",
    [
        *("tags", "pipeline_tag", "library_name", "license", "author", "sources", "base_model"),
        *("languages", "formats", "sha", "gated", "private", "created_at", "downloads", "card"),
    ],
)
@pytest.mark.parametrize("value", [None, 7, True, {}, [[]], [None], {"a": [1]}, ""])
def test_a_value_of_the_wrong_kind_does_not_cost_the_record(
    import_lines: Import, field: str, value: object
) -> None:
    said = import_lines({"id": "owner/name", field: value})

    assert "1 created, 0 changed, 0 unchanged, 0 rejected" in said


def test_a_record_with_23_763_files_is_taken(import_lines: Import) -> None:
    files = [{"rfilename": f"shard-{number}/part.bin"} for number in range(23_762)]

    import_lines(
        {"id": "owner/name", "siblings": [*files, {"rfilename": "model.safetensors"}]},
        source="huggingface",
    )

    assert model("owner/name").formats == ["safetensors"]


def test_a_card_of_600_kb_is_cut_and_tells_its_length(import_lines: Import) -> None:
    import_lines({"id": "owner/name", "card": "# Title\n\n" + "word " * 120_000})

    card = Card.objects.get()
    assert (len(card.text), card.full_length) == (cards.LONGEST_CARD, 600_008)
    assert card.is_cut
    assert "card: cut from 600008 to 200000 characters" in notes_of("owner/name")


@pytest.mark.parametrize(
    "text",
    [
        "Error: the path 'README.md' does not exist in the given tree",
        "",
        "---\nlicense: mit\n---\n",
    ],
)
def test_what_says_nothing_is_no_card(import_lines: Import, text: str) -> None:
    import_lines({"id": "owner/name", "card": text})

    assert not Card.objects.exists()


def test_front_matter_is_no_part_of_a_card(import_lines: Import) -> None:
    import_lines({"id": "owner/name", "card": "---\nlicense: mit\nlanguage: no\n---\n# Hello"})

    assert Card.objects.get().text == "# Hello"


def test_a_line_of_20_mb_is_rejected_without_the_lines_around_it(import_lines: Import) -> None:
    huge = json.dumps({"id": "owner/huge", "card": "x" * 20_000_000})

    import_lines({"id": "owner/first"}, huge, GOOD)

    assert set(AIModel.objects.values_list("key", flat=True)) == {"owner/first", "owner/good"}
    reject = ImportReject.objects.get()
    assert "20,000," in reject.reason
    assert len(reject.text) <= 10_000


def test_an_id_that_comes_twice_counts_once_in_every_run(import_lines: Import) -> None:
    twice = ({"id": "owner/name", "likes": 1}, {"id": "owner/name", "likes": 2})
    import_lines(*twice)

    said = import_lines(*twice)

    assert model("owner/name").likes == 1
    assert "0 created, 0 changed, 1 unchanged, 1 rejected" in said


def test_a_record_that_the_database_refuses_is_found_among_a_thousand(
    import_lines: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_poison(line: dict[str, Any], read_at: datetime) -> Record:
        record = jsonl.normalise(line, read_at)
        record.values |= {"likes": -1} if record.name == "poison" else {}
        return record

    kind = candidates.Kind(Source.HUGGINGFACE, with_poison, jsonl.id_of)
    monkeypatch.setitem(ingest.KINDS, "jsonl", kind)

    said = import_lines(
        *({"id": f"owner/{number}"} for number in range(600)),
        {"id": "owner/poison"},
        *({"id": f"owner/{number}"} for number in range(600, 1_100)),
    )

    assert "1,100 created, 0 changed, 0 unchanged, 1 rejected" in said
    assert ImportReject.objects.get().position == 601


def test_deep_nesting_costs_its_record_only(import_lines: Import) -> None:
    deep = "[" * 600 + "]" * 600

    said = import_lines(f'{{"id": "owner/deep", "tags": {deep}}}', GOOD)

    assert model("owner/good")
    assert "0 unchanged" in said


def test_the_limit_of_a_record_is_told_in_bytes(tmp_path: Path) -> None:
    path = tmp_path / "array.json"
    path.write_text(
        json.dumps([{"id": "o/huge", "card": "x" * (reading.LONGEST_RECORD + 1)}, GOOD])
    )

    told_by("jsonl", path)

    assert AIModel.objects.get().key == "owner/good"
    assert "more than 10,000,000" in ImportReject.objects.get().reason
