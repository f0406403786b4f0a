"""Archives from strangers: nothing gets out of its folder, nothing grows without end."""

import gzip
import io
import stat
import struct
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from deployments.bundles import unpacking
from deployments.bundles.errors import BadBundle
from tests.deployments.bundles.packing import Content, files_of, tarred, zipped
from tests.deployments.bundles.test_reading import CODE, CONFIG

FILES = {"cog.yaml": CONFIG.encode(), "src/predict.py": CODE.encode()}
PACKS = pytest.mark.parametrize("pack", [zipped, tarred])


@pytest.fixture
def target(tmp_path: Path) -> Path:
    (tmp_path / "target").mkdir()
    return tmp_path / "target"


def unpacked(archive: bytes, target: Path) -> Content:
    return files_of(unpacking.unpack(io.BytesIO(archive), target))


def refused(archive: bytes, target: Path) -> str:
    """The sentence; nothing was written outside."""
    with pytest.raises(BadBundle) as caught:
        unpacking.unpack(io.BytesIO(archive), target)
    assert list(target.parent.iterdir()) == [target]
    return str(caught.value)


@pytest.mark.parametrize("folder", ["", "./", "my-model/"])
@pytest.mark.parametrize("archive", ["zip", "w:", "w:gz"])
def test_a_bundle_is_the_same_in_any_archive(target: Path, archive: str, folder: str) -> None:
    files = {f"{folder}{name}": content for name, content in FILES.items()}
    packed = zipped({**files, "__MACOSX/x": b""}) if archive == "zip" else tarred(files, archive)

    found = unpacked(packed, target)

    assert {name: found[name] for name in FILES} == FILES


@PACKS
@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "a/../../evil", "c:\\evil", "..\\evil"])
def test_nothing_is_written_outside(target: Path, pack: Any, name: str) -> None:
    assert "leads out of the bundle" in refused(pack({name: b"x"}), target)


@PACKS
@pytest.mark.parametrize("name", ["a//b", "a\nb", "é" * 200, "a/" * 300 + "b"])
def test_what_cannot_be_a_name_is_refused(target: Path, pack: Any, name: str) -> None:
    assert "the name of a file" in refused(pack({name: b"x"}), target)


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE]
)
def test_only_plain_files_are_taken(target: Path, kind: bytes) -> None:
    archive = tarred({"data": b""}, type=kind, linkname="/etc/passwd")

    assert "data is no plain file" in refused(archive, target)


def test_a_link_in_a_zip_is_refused(target: Path) -> None:
    link = zipfile.ZipInfo("data")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr(link, "/etc/passwd")

    assert "data is no plain file" in refused(whole.getvalue(), target)


@PACKS
def test_a_bomb_is_noticed_while_it_unpacks(target: Path, pack: Any) -> None:
    assert "100 times its size" in refused(pack({"zeros": bytes(20 * 2**20)}), target)


def test_a_bomb_stops_at_the_limit(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "MOST_BYTES", 3 * 2**20)

    said = refused(zipped({"zeros": bytes(8 * 2**20)}), target)

    assert "Unpacked it is larger than 3 MB" in said
    assert sum(path.stat().st_size for path in target.rglob("*")) <= 3 * 2**20


@PACKS
def test_no_more_files_are_written_than_a_bundle_may_have(
    target: Path, pack: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "MOST_FILES", 3)

    said = refused(pack({f"{number}": b"" for number in range(4)}), target)

    assert "more than 3 files" in said


def test_a_zip_whose_list_would_fill_the_memory_is_not_read(target: Path) -> None:
    whole = bytearray(zipped(FILES))
    end = whole.rindex(b"PK\5\6")
    whole[end + 12 : end + 16] = struct.pack("<L", 2**31)

    assert "more than 5,000 files" in refused(bytes(whole), target)


def test_a_header_of_a_tar_that_would_fill_the_memory_is_not_read(target: Path) -> None:
    header = tarfile.TarInfo("x")
    header.type, header.size = tarfile.XHDTYPE, 2**33
    start = header.tobuf(tarfile.GNU_FORMAT)

    assert "header" in refused(gzip.compress(start + bytes(2**20)), target)


def test_a_name_that_is_there_twice_is_refused(target: Path) -> None:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as archive:
        for _ in range(2):
            archive.addfile(tarfile.TarInfo("a"))

    assert "a is twice" in refused(whole.getvalue(), target)


def test_a_file_that_is_a_folder_too_is_refused(target: Path) -> None:
    assert "a/b is a file and a folder" in refused(zipped({"a": b"", "a/b": b""}), target)


@pytest.mark.parametrize(
    "archive",
    [
        *(b"", b"not an archive", zipped({}), bytes(10240)),
        *(zipped(FILES)[:-30], zipped(FILES)[:40], b"PK\5\6", b"PK\3\4" + bytes(100)),
        *(tarred(FILES)[:-20], tarred(FILES)[:30], b"\x1f\x8b\x08", b"\x1f\x8b" + bytes(50)),
    ],
)
def test_what_is_no_whole_archive_is_told_so(target: Path, archive: bytes) -> None:
    assert "no archive that can be read" in refused(archive, target)


def test_a_damaged_file_in_a_zip_is_told_so(target: Path) -> None:
    whole = bytearray(zipped({"a": b"hello" * 100}))
    whole[35:40] = b"\xff" * 5

    assert "no archive that can be read" in refused(bytes(whole), target)


def test_an_encrypted_zip_is_told_so(target: Path) -> None:
    whole = bytearray(zipped({"a": b"hello"}))
    for start in (6, whole.index(b"PK\1\2") + 8):
        whole[start] |= 1

    assert "without a password" in refused(bytes(whole), target)
