"""Opens what an import reads: plain, gzip or zip files, folders, standard input.

Whatever the input, it comes out as Raw records, one at a time, so that memory stays flat.
"""

import gzip
import hashlib
import io
import json
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeAlias, TypeVar

import ijson
import orjson

from . import arrays

LONGEST_RECORD = 10_000_000
LONGEST_RECORD_KEPT = 10_000
SUFFIXES = (".json", ".jsonl", ".ndjson")
PACKINGS = (".gz", ".zip")
# A page of an API: its records stand under one of these keys, after none but its neighbours.
PAGE_KEYS = frozenset({"results", "result"})
_PAGE_NEIGHBOURS = frozenset({"next", "previous", "success", "errors", "messages", "result_info"})


Plain: TypeAlias = "io.BufferedReader[Any]"
T = TypeVar("T")


class Unreadable(Exception):
    """The input ends here; the message names it and says why."""

    advice = "What came before is in the catalog; run the same command again with the whole input."


class NotThere(Unreadable):
    """Nothing was read at all."""

    advice = "Nothing was read; give the path or address of what to import."


@dataclass(slots=True)
class Raw:
    """One record as read: the bytes of a line, or a value out of a larger document."""

    body: bytes | dict[str, Any]
    problem: str = ""


class Input:
    """A path or standard input ("-"), read once from its beginning to its end."""

    def __init__(self, location: str) -> None:
        self.location = location
        self.size = 0
        self._done = 0
        self._file: IO[bytes] | None = None
        self._paths = [] if location == "-" else _paths(Path(location))
        self.size = sum(path.stat().st_size for path in self._paths)

    @property
    def bytes_read(self) -> int:
        """Of the files as they are on disk, compressed or not."""
        if self._file is None or self._file.closed:
            return self._done
        try:
            return self._done + self._file.tell()
        except (OSError, ValueError):
            return self._done

    @property
    def fingerprint(self) -> str:
        """The same for the same files; "" for what cannot be read twice."""
        if not self._paths:
            return ""
        digest = hashlib.sha256()
        for path in self._paths:
            status = path.stat()
            digest.update(f"{path.resolve()}|{status.st_size}|{status.st_mtime_ns}\n".encode())
        return digest.hexdigest()

    @property
    def newest(self) -> float:
        """When the newest of the files was written, in seconds since 1970."""
        return max((path.stat().st_mtime for path in self._paths), default=0.0)

    @property
    def stats(self) -> Path | None:
        """Replicate's daily counts, where they lie in the folder that is read."""
        folder = Path(self.location)
        names = ("stats.json", "stats.json.gz")
        found = (folder / name for name in names) if self._paths and folder.is_dir() else ()
        return next((path for path in found if path.is_file()), None)

    def records(self) -> Iterator[Raw]:
        if self.location == "-":
            yield from _documents(sys.stdin.buffer, "standard input", _records)
            return
        for path in self._paths:
            with path.open("rb") as self._file:
                yield from _documents(self._file, str(path), _records)
            self._done += path.stat().st_size


def _paths(path: Path) -> list[Path]:
    if not path.exists():
        raise NotThere(f"There is no file or folder {path}.")
    if path.is_file():
        return [path]
    found = sorted(child for child in path.rglob("*") if _is_input(child))
    if not found:
        raise NotThere(f"The folder {path} holds no file that ends in .json or .jsonl.")
    return found


def _is_input(path: Path) -> bool:
    """Whether a file of a folder is read. Daily counts are no models; they are read beside."""
    name = path.name.lower()
    for packing in PACKINGS:
        name = name.removesuffix(packing)
    is_packed_alone = path.suffix.lower() == ".zip"
    if name.startswith(".") or name == "stats.json":
        return False
    return path.is_file() and (name.endswith(SUFFIXES) or is_packed_alone)


def entries(path: Path) -> Iterator[tuple[str, Any]]:
    """The (key, value) pairs of the one object in a file, one at a time."""
    with path.open("rb") as file:
        yield from _documents(file, str(path), _pairs)


class Gunzipped(io.RawIOBase):
    """A gzip file of which everything before a cut can be read.

    GzipFile.read(n) throws away what it gathered when the file ends before n bytes; read1 does not.
    """

    def __init__(self, stream: Plain) -> None:
        self._file = gzip.GzipFile(fileobj=stream)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        found = self._file.read1(len(buffer))
        buffer[: len(found)] = found
        return len(found)


def _documents(stream: IO[bytes], name: str, read: Callable[[Plain], Iterator[T]]) -> Iterator[T]:
    """What `read` finds in a stream, whichever way it is packed."""
    try:
        yield from _unpacked(_peekable(stream), name, read)
    except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile) as error:
        raise Unreadable(f"{name} is cut off or damaged: {error}") from error
    except (arrays.NotAnArray, ijson.JSONError) as error:
        raise Unreadable(f"{name} is no complete JSON: {error}") from error
    except OSError as error:
        raise Unreadable(f"{name} cannot be read: {error}") from error


def _peekable(stream: Any) -> Plain:
    if isinstance(stream, io.BufferedReader):
        return stream
    return io.BufferedReader(stream, 1 << 17)


def _unpacked(stream: Plain, name: str, read: Callable[[Plain], Iterator[T]]) -> Iterator[T]:
    magic = stream.peek(4)[:4]
    if magic[:2] == b"\x1f\x8b":
        yield from _unpacked(_peekable(Gunzipped(stream)), name, read)
    elif magic == b"PK\x03\x04":
        yield from _zipped(stream, name, read)
    else:
        yield from read(stream)


def _zipped(stream: Plain, name: str, read: Callable[[Plain], Iterator[T]]) -> Iterator[T]:
    """The members of a zip by name. Its directory is at the end, so it must be a file."""
    if not stream.seekable():
        raise Unreadable(f"{name} is a zip file; save it and give its path.")
    with zipfile.ZipFile(stream) as archive:
        for member in sorted(filter(_is_input_name, archive.namelist())):
            with archive.open(member) as inner:
                yield from _unpacked(_peekable(inner), f"{name}/{member}", read)


def _pairs(stream: Plain) -> Iterator[tuple[str, Any]]:
    yield from ijson.kvitems(stream, "", use_float=True)


def _is_input_name(name: str) -> bool:
    last = name.lower().rsplit("/", 1)[-1].removesuffix(".gz")
    return last.endswith(SUFFIXES) and last != "stats.json"


def _records(stream: Plain) -> Iterator[Raw]:
    """Lines, an array, a page of an API, or one object written over several lines."""
    start = stream.peek(1 << 16).lstrip(b"\xef\xbb\xbf \t\r\n")
    key = _page_key(start)
    if start[:1] == b"[" or key:
        yield from map(_fitting, arrays.elements(stream, key))
    elif _is_one_object(start):
        yield _fitting(stream.read(arrays.LARGEST_ELEMENT))
    else:
        yield from _lines(stream)


def _fitting(body: bytes) -> Raw:
    if len(body) <= LONGEST_RECORD:
        return Raw(body)
    problem = f"It has {len(body):,} bytes, more than {LONGEST_RECORD:,}."
    return Raw(body[:LONGEST_RECORD_KEPT], problem)


def _page_key(start: bytes) -> str:
    """The key under which this document, if it is a page, holds its records."""
    for event in _top_level(start):
        if event in PAGE_KEYS:
            return event
        if event not in _PAGE_NEIGHBOURS:
            return ""
    return ""


def _top_level(start: bytes) -> Iterator[str]:
    """The keys of the object that begins here, as far as these bytes go."""
    try:
        for prefix, event, value in ijson.parse(io.BytesIO(start), use_float=True):
            if prefix == "" and event == "map_key":
                yield value
    except ijson.JSONError:
        return


def _is_one_object(start: bytes) -> bool:
    """Whether an object is spread over lines: then its first line is not the whole of it."""
    first, newline, rest = start.partition(b"\n")
    if first[:1] != b"{" or not newline:
        return False
    return first.rstrip()[-1:] in b"{,[" and rest[:1] not in b"{"


def _lines(stream: Plain) -> Iterator[Raw]:
    while line := stream.readline(LONGEST_RECORD + 1):
        if len(line) > LONGEST_RECORD and not line.endswith(b"\n"):
            length = len(line) + _rest_of_line(stream)
            problem = f"The line has {length:,} bytes, more than {LONGEST_RECORD:,}."
            yield Raw(line[:LONGEST_RECORD_KEPT], problem)
        elif line.strip():
            yield Raw(line)


def _rest_of_line(stream: Plain) -> int:
    """Pass over what is left of a line, without holding it; how many bytes that was."""
    length = 0
    while part := stream.readline(1 << 20):
        length += len(part)
        if part.endswith(b"\n"):
            break
    return length


def parsed(body: bytes | Any) -> Any:
    """The JSON of a line, also as people write it: control characters, lone surrogates, bad UTF-8.

    Raises ValueError or RecursionError for what is no JSON.
    """
    if not isinstance(body, bytes):
        return body
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return json.loads(body.decode("utf-8", "replace"), strict=False)
