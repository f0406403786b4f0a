"""Unpacks an archive that somebody sent: plain files and folders alone, bounded in every way."""

import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any

from deployments.bundles.errors import BadBundle
from deployments.bundles.reading import MB, MOST_BYTES, MOST_FILES

CHUNK = 2**20
LINK = 0o120000  # of the mode that a zip file keeps, in its upper half
DEEPEST = 20
BROKEN = (
    *(zipfile.BadZipFile, tarfile.TarError, EOFError, OSError, ValueError),
    *(RuntimeError, NotImplementedError, zipfile.LargeZipFile),
)
NO_ARCHIVE = "It is no archive that can be read: send a .zip, .tar or .tar.gz of the bundle."


def unpack(archive: IO[bytes], target: Path) -> Path:
    """The folder that holds the bundle. Raises BadBundle; the caller removes `target`."""
    try:
        _write(archive, target)
    except BROKEN as error:
        raise BadBundle(f"{NO_ARCHIVE} ({error})") from error
    inside = [path for path in target.iterdir() if path.name != "__MACOSX"]
    if len(inside) == 1 and inside[0].is_dir() and not (target / "cog.yaml").exists():
        return inside[0]  # an archive of the folder itself
    return target


def _write(archive: IO[bytes], target: Path) -> None:
    left = MOST_BYTES
    for count, (name, content) in enumerate(_members(archive)):
        if count >= MOST_FILES:
            raise BadBundle(f"It has more than {MOST_FILES:,} files.")
        path = target / _safe(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as written:
            while piece := content.read(CHUNK):
                left -= len(piece)
                if left < 0:  # whatever size the archive claimed
                    raise BadBundle(f"Unpacked it is larger than {MOST_BYTES // MB:,} MB.")
                written.write(piece)


def _members(archive: IO[bytes]) -> Iterator[tuple[str, Any]]:
    if zipfile.is_zipfile(archive):
        archive.seek(0)
        yield from _of_zip(archive)
    else:
        archive.seek(0)
        yield from _of_tar(archive)


def _of_zip(archive: IO[bytes]) -> Iterator[tuple[str, Any]]:
    with zipfile.ZipFile(archive) as opened:
        for member in opened.infolist():
            if (member.external_attr >> 16) & 0o170000 == LINK:
                raise BadBundle(f"{member.filename} is a link; put the file itself there.")
            if not member.is_dir():
                with opened.open(member) as content:
                    yield member.filename, content


def _of_tar(archive: IO[bytes]) -> Iterator[tuple[str, Any]]:
    with tarfile.open(fileobj=archive, mode="r:*") as opened:
        for member in opened:
            if member.isdir():
                continue
            content = opened.extractfile(member) if member.isreg() else None
            if content is None:
                raise BadBundle(f"{member.name} is no plain file; put the file itself there.")
            yield member.name, content


def _safe(name: str) -> PurePosixPath:
    """A path within the target, whatever the archive says."""
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in name or "\0" in name:
        raise BadBundle(f"{name!r} leads out of the bundle.")
    if not path.parts or len(path.parts) > DEEPEST:
        raise BadBundle(f"{name!r} cannot be the name of a file in a bundle.")
    return path
