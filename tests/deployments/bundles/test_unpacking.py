"""Archives from strangers: nothing gets out of its folder, nothing grows without end."""

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from deployments.bundles import reading, unpacking
from deployments.bundles.errors import BadBundle
from tests.deployments.bundles.test_reading import CODE, CONFIG

FILES = {"cog.yaml": CONFIG, "predict.py": CODE}


def zipped(files: dict[str, str]) -> io.BytesIO:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    written.seek(0)
    return written


def tarred(files: dict[str, str], *more: tarfile.TarInfo) -> io.BytesIO:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w:gz") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
        for member in more:
            archive.addfile(member)
    written.seek(0)
    return written


@pytest.mark.parametrize("pack", [zipped, tarred])
@pytest.mark.parametrize("folder", ["", "my-model/"])
def test_a_bundle_is_the_same_in_any_archive(tmp_path: Path, pack: object, folder: str) -> None:
    archive = pack({f"{folder}{name}": text for name, text in FILES.items()})  # type: ignore[operator]

    found = reading.read(unpacking.unpack(archive, tmp_path))

    assert found.files == ("cog.yaml", "predict.py")


@pytest.mark.parametrize("name", ["../evil.py", "/etc/evil", "a/../../evil", "c:\\evil", "..\\e"])
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_nothing_is_written_outside(tmp_path: Path, pack: object, name: str) -> None:
    target = tmp_path / "inside"
    target.mkdir()

    with pytest.raises(BadBundle, match="leads out of the bundle"):
        unpacking.unpack(pack({name: "x"}), target)  # type: ignore[operator]

    assert [path.name for path in tmp_path.iterdir()] == ["inside"]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE])
def test_only_plain_files_are_taken(tmp_path: Path, kind: bytes) -> None:
    member = tarfile.TarInfo("data")
    member.type, member.linkname = kind, "/etc/passwd"

    with pytest.raises(BadBundle, match="data is no plain file"):
        unpacking.unpack(tarred(FILES, member), tmp_path)


def test_a_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        link = zipfile.ZipInfo("data")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    written.seek(0)

    with pytest.raises(BadBundle, match="data is a link"):
        unpacking.unpack(written, tmp_path)


def test_a_bomb_stops_at_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "MOST_BYTES", 3 * 2**20)
    bomb = zipped({"zeros": "0" * (64 * 2**20)})
    assert len(bomb.getvalue()) < 100_000

    with pytest.raises(BadBundle, match="Unpacked it is larger than 3 MB"):
        unpacking.unpack(bomb, tmp_path)

    assert sum(path.stat().st_size for path in tmp_path.rglob("*")) <= 3 * 2**20


@pytest.mark.parametrize("content", [b"", b"not an archive", b"PK\x03\x04broken", b"\x1f\x8b\x08"])
def test_what_is_no_archive_is_told_so(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(BadBundle, match="no archive that can be read"):
        unpacking.unpack(io.BytesIO(content), tmp_path)
