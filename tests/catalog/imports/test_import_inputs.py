"""Whatever way an input is packed, and wherever it ends too early."""

import gzip
import io
import json
import sys
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError
from hypothesis import given
from hypothesis import strategies as st

from catalog.models import AIModel, ImportRun
from catalog.sources import arrays
from tests.catalog.imports.importing import Import, told_by

LINES = b'{"id": "o/a"}\n{"id": "o/b"}\n'
ARRAY = json.dumps([{"id": "o/a"}, {"id": "o/b"}], indent=1).encode()


def keys() -> set[str]:
    return set(AIModel.objects.values_list("key", flat=True))


@pytest.mark.django_db
@pytest.mark.parametrize("content", [LINES, ARRAY, b"\xef\xbb\xbf" + ARRAY, LINES.rstrip()])
@pytest.mark.parametrize("packing", ["plain", "gzip", "zip"])
def test_files_are_read_however_they_are_packed(
    tmp_path: Path, content: bytes, packing: str
) -> None:
    path = tmp_path / "models"
    if packing == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("folder/models.json", content)
            archive.writestr("readme.txt", "not JSON")
    else:
        path.write_bytes(gzip.compress(content) if packing == "gzip" else content)

    told_by("jsonl", path)

    assert keys() == {"o/a", "o/b"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "page",
    [
        {"next": "https://x/?c=2", "previous": None, "results": [{"id": "o/a"}, {"id": "o/b"}]},
        {"success": True, "errors": [], "messages": [], "result": [{"id": "o/a"}, {"id": "o/b"}]},
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_a_page_of_an_api_is_its_records(
    tmp_path: Path, page: dict[str, object], indent: int | None
) -> None:
    path = tmp_path / "page.json"
    path.write_text(json.dumps(page, indent=indent))

    told_by("jsonl", path)

    assert keys() == {"o/a", "o/b"}


@pytest.mark.django_db
def test_one_object_over_several_lines_is_one_record(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_text(json.dumps({"id": "o/a", "tags": ["x"]}, indent=4))

    told_by("jsonl", path)

    assert keys() == {"o/a"}


@pytest.mark.django_db
def test_a_folder_is_all_its_json_files(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"id": "o/a"}')
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(b'{"id": "o/b"}'))
    (tmp_path / "notes.txt").write_text("no record")
    (tmp_path / ".hidden.json").write_text('{"id": "o/hidden"}')

    told_by("jsonl", tmp_path)

    assert keys() == {"o/a", "o/b"}


@pytest.mark.django_db
@pytest.mark.parametrize("content", [LINES, gzip.compress(LINES)])
def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    stream = io.TextIOWrapper(io.BufferedReader(io.BytesIO(content)))  # type: ignore[arg-type]
    monkeypatch.setattr(sys, "stdin", stream)

    told_by("jsonl", "-")

    assert keys() == {"o/a", "o/b"}


@pytest.mark.django_db
@pytest.mark.parametrize("as_array", [True, False])
def test_of_a_truncated_gzip_everything_before_the_cut_is_taken(
    tmp_path: Path, as_array: bool
) -> None:
    records = [{"id": f"o/{number}", "sha": f"{number * 7919:x}"} for number in range(5_000)]
    lines = "\n".join(map(json.dumps, records))
    whole = gzip.compress((json.dumps(records) if as_array else lines).encode())
    path = tmp_path / "models.gz"
    path.write_bytes(whole[: len(whole) // 2])

    with pytest.raises(CommandError, match=r"models\.gz is cut off or damaged"):
        told_by("jsonl", path)

    taken = AIModel.objects.count()
    assert 1_000 < taken < 4_900
    assert ImportRun.objects.get().finished_at is None
    path.write_bytes(whole)
    assert f"{5_000 - taken:,} created, 0 changed, {taken:,} unchanged" in told_by("jsonl", path)


@pytest.mark.django_db
def test_a_damaged_gzip_is_told_in_a_sentence(tmp_path: Path) -> None:
    whole = bytearray(gzip.compress(LINES * 1_000))
    whole[40] ^= 0xFF
    path = tmp_path / "models.gz"
    path.write_bytes(whole)

    with pytest.raises(CommandError, match="cut off or damaged"):
        told_by("jsonl", path)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("location", "sentence"),
    [
        ("/no/such/file.json", "There is no file or folder /no/such/file.json"),
        ("ftp://example.org/models", "is no address that can be read"),
    ],
)
def test_an_input_that_is_not_there_is_told_in_a_sentence(location: str, sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence) as refused:
        told_by("jsonl", location)

    assert "Nothing was read" in str(refused.value)
    assert "What came before" not in str(refused.value)


@pytest.mark.django_db
def test_a_folder_without_records_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="holds no file that ends in"):
        told_by("jsonl", tmp_path)


@pytest.mark.django_db
def test_a_limit_takes_the_first_records(import_lines: Import) -> None:
    import_lines({"id": "o/a"}, {"id": "o/b"}, {"id": "o/c"}, limit=2)

    assert keys() == {"o/a", "o/b"}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(st.lists(json_values), st.integers(1, 64))
def test_an_array_is_cut_into_its_elements_whatever_they_are(
    values: list[object], size: int
) -> None:
    class Trickle(io.BytesIO):
        def read1(self, _: int | None = -1, /) -> bytes:
            return super().read1(size)

    for key in ("", "results"):
        written = json.dumps({"next": "[,", key: values} if key else values)
        found = arrays.elements(Trickle(written.encode()), key)
        assert [json.loads(element) for element in found] == values
