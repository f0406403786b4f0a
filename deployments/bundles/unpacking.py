"""Unpacks bundles that are sent as a zip or a tar: nothing outside of a folder, nothing too large.

What an archive says of itself is not believed: bytes are counted while they are written.
"""

import gzip
import io
import re
import stat
import tarfile
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast

from deployments.bundles.errors import BadBundle
from deployments.bundles.reading import MB, MOST_BYTES, MOST_FILES

CHUNK = 256 * 1024
# A bomb: far more than any bundle of code and weights shrinks by.
MOST_RATIO = 100
FREE_OF_RATIO = 16 * MB
MOST_DIRECTORY = 4 * MB  # of a zip's own list, which is read whole
END_OF_ZIP, END_OF_ZIP64 = b"PK\5\6", b"PK\6\7"
BROKEN = (
    *(zipfile.BadZipFile, tarfile.TarError, gzip.BadGzipFile),
    *(EOFError, UnicodeError, zlib.error),
)
GZIP = b"\x1f\x8b"
HARMLESS_NAME = re.compile(r"[^\0-\x1f\x7f]{1,400}")
NO_ARCHIVE = "It is no archive that can be read: send a .zip, .tar or .tar.gz of the bundle."


def unpack(archive: IO[bytes], target: Path) -> Path:
    """The folder that holds the bundle. Raises BadBundle; the caller removes `target`."""
    size = archive.seek(0, io.SEEK_END)
    _unpack(archive, _Room(target, size))
    return _top(target)


@dataclass
class _Room:
    """Where files are written, and how much has been."""

    folder: Path
    archive_size: int
    count: int = 0
    size: int = 0
    names: set[str] = field(default_factory=set)

    def write(self, name: str, content: IO[bytes]) -> None:
        self._count(name)
        path = self.folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                while chunk := content.read(CHUNK):
                    self._weigh(len(chunk))
                    file.write(chunk)
        except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
            raise BadBundle(f"{name} is a file and a folder in the archive.") from error

    def _count(self, name: str) -> None:
        if name in self.names:
            raise BadBundle(f"{name} is twice in the archive.")
        self.names.add(name)
        self.count += 1
        if self.count > MOST_FILES:
            raise BadBundle(f"It has more than {MOST_FILES:,} files.")

    def _weigh(self, more: int) -> None:
        self.size += more
        if self.size > MOST_BYTES:
            raise BadBundle(f"Unpacked it is larger than {MOST_BYTES // MB:,} MB.")
        if self.size > FREE_OF_RATIO and self.size > MOST_RATIO * self.archive_size:
            raise BadBundle(
                f"It unpacks to more than {MOST_RATIO} times its size, as no bundle does."
            )


class _Narrow(io.RawIOBase):
    """Of a stream: large reads at once, as a hostile header asks for them, are refused."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__()
        self.stream = stream

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= CHUNK:
            raise BadBundle("Its archive has a header that is larger than any needs to be.")
        return self.stream.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self.stream.seek(offset, whence)

    def tell(self) -> int:
        return self.stream.tell()


def _unpack(archive: IO[bytes], room: _Room) -> None:
    archive.seek(0)
    start = archive.read(4)
    archive.seek(0)
    try:
        if start.startswith(b"PK"):
            _unpack_zip(archive, room)
        elif start.startswith(GZIP):
            with gzip.open(archive) as plain:
                _unpack_tar(cast(IO[bytes], plain), room)
        else:
            _unpack_tar(archive, room)
    except BROKEN as error:
        raise BadBundle(f"{NO_ARCHIVE} ({error})") from error
    if not room.count:
        raise BadBundle(f"{NO_ARCHIVE} (It is empty.)")


def _unpack_zip(archive: IO[bytes], room: _Room) -> None:
    _check_directory(archive, room.archive_size)
    with zipfile.ZipFile(archive) as opened:
        for member in opened.infolist():
            kind = stat.S_IFMT(member.external_attr >> 16)
            name = _harmless(member.filename)
            if member.is_dir():
                continue
            if kind not in (0, stat.S_IFREG):
                raise _no_plain_file(name)
            if member.flag_bits & 1:
                raise BadBundle(f"{name} is encrypted; send the archive without a password.")
            try:
                with opened.open(member) as content:
                    room.write(name, content)
            except NotImplementedError as error:
                raise BadBundle(f"{name} is packed in a way that is not known here.") from error


def _check_directory(archive: IO[bytes], size: int) -> None:
    """Before zipfile reads its list of files into memory, however long it is."""
    archive.seek(max(0, size - 65_557))
    before, found, told = archive.read().rpartition(END_OF_ZIP)
    if not found or len(told) < 18:
        raise BadBundle(f"{NO_ARCHIVE} (It is no whole zip.)")
    if END_OF_ZIP64 in before[-20:] or int.from_bytes(told[8:12], "little") > MOST_DIRECTORY:
        raise BadBundle(f"It has more than {MOST_FILES:,} files.")
    archive.seek(0)


def _unpack_tar(archive: IO[bytes], room: _Room) -> None:
    with _opened_tar(archive) as opened:
        for member in opened:
            name = _harmless(member.name)
            if member.isdir():
                continue
            content = opened.extractfile(member) if _is_plain(member) else None
            if content is None:
                raise _no_plain_file(name)
            room.write(name, content)
    archive.read(MB)  # its end, where gzip's checksum is


def _opened_tar(archive: IO[bytes]) -> tarfile.TarFile:
    narrow: Any = _Narrow(archive)
    return tarfile.open(fileobj=narrow, mode="r:")


def _is_plain(member: tarfile.TarInfo) -> bool:
    return member.isreg() and not member.issparse()


def _harmless(name: str) -> str:
    """As a path below a folder. Raises BadBundle for one that leads out of it."""
    plain = name.replace("\\", "/").removeprefix("./").rstrip("/")
    parts = plain.split("/")
    if plain in ("", "."):
        return "."
    if plain.startswith("/") or ".." in parts or ":" in plain:
        raise BadBundle(f"{name!r} leads out of the bundle.")
    if not HARMLESS_NAME.fullmatch(plain) or {"", "."} & set(parts) or not _is_text(plain):
        raise BadBundle(f"{name!r} cannot be the name of a file in a bundle.")
    if max(len(part.encode()) for part in parts) > 255:
        raise BadBundle(f"{name[:40]!r}... is too long for the name of a file.")
    return plain


def _is_text(name: str) -> bool:
    try:
        return bool(name.encode())
    except UnicodeEncodeError:
        return False


def _no_plain_file(name: str) -> BadBundle:
    return BadBundle(f"{name} is no plain file; put the file itself there.")


def _top(folder: Path) -> Path:
    """Archives often hold the folder itself."""
    if (folder / "cog.yaml").exists():
        return folder
    tops = [path for path in folder.iterdir() if path.name not in ("__MACOSX", ".DS_Store")]
    if len(tops) == 1 and (tops[0] / "cog.yaml").is_file():
        return tops[0]
    return folder
