"""Opens what an import reads: plain, gzip or zip files, folders, standard input.

Whatever the input, it comes out as Raw records, one at a time, so that memory stays flat.
"""

import gzip
import hashlib
import io
import sys
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import ijson
import orjson

LONGEST_LINE = 10_000_000
SUFFIXES = (".json", ".jsonl", ".ndjson")
PACKINGS = (".gz", ".zip")
# A page of an API: its records stand under this key, beside others that tell it from a record.
PAGE_KEYS = {"results": ("next", "previous"), "result": ("success",)}


class Unreadable(Exception):
    """The input ends here; the message names it and says how far it came and what to do."""


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

    def records(self) -> Iterator[Raw]:
        if self.location == "-":
            yield from _documents(sys.stdin.buffer, "standard input")
            return
        for path in self._paths:
            with path.open("rb") as self._file:
                yield from _documents(self._file, str(path))
            self._done += path.stat().st_size


def _paths(path: Path) -> list[Path]:
    if not path.exists():
        raise Unreadable(f"There is no file or folder {path}.")
    if path.is_file():
        return [path]
    found = sorted(child for child in path.rglob("*") if _is_input(child))
    if not found:
        raise Unreadable(f"The folder {path} holds no file that ends in .json or .jsonl.")
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


def _documents(stream: IO[bytes], name: str) -> Iterator[Raw]:
    """The records of a stream, whichever way it is packed."""
    try:
        yield from _unpacked(_peekable(stream), name)
    except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile) as error:
        raise Unreadable(f"{name} is cut off or damaged: {error}") from error
    except ijson.JSONError as error:
        raise Unreadable(f"{name} is no complete JSON: {error}") from error
    except OSError as error:
        raise Unreadable(f"{name} cannot be read: {error}") from error


def _peekable(stream: Any) -> "io.BufferedReader[Any]":
    if isinstance(stream, io.BufferedReader):
        return stream
    return io.BufferedReader(stream, 1 << 17)


def _unpacked(stream: "io.BufferedReader[Any]", name: str) -> Iterator[Raw]:
    magic = stream.peek(4)[:4]
    if magic[:2] == b"\x1f\x8b":
        inner: io.BufferedReader[Any] = io.BufferedReader(gzip.GzipFile(fileobj=stream), 1 << 17)
        yield from _unpacked(inner, name)
    elif magic == b"PK\x03\x04":
        yield from _zipped(stream, name)
    else:
        yield from _records(stream)


def _zipped(stream: "io.BufferedReader[Any]", name: str) -> Iterator[Raw]:
    """The members of a zip by name. Its directory is at the end, so it must be a file."""
    if not stream.seekable():
        raise Unreadable(f"{name} is a zip file; save it and give its path.")
    with zipfile.ZipFile(stream) as archive:
        for member in sorted(archive.namelist()):
            if _is_input_name(member):
                with archive.open(member) as inner:
                    yield from _unpacked(_peekable(inner), f"{name}/{member}")


def _is_input_name(name: str) -> bool:
    last = name.lower().rsplit("/", 1)[-1].removesuffix(".gz")
    return last.endswith(SUFFIXES) and last != "stats.json"


def _records(stream: "io.BufferedReader[Any]") -> Iterator[Raw]:
    """Lines, an array, a page of an API, or one object written over several lines."""
    start = stream.peek(1 << 16).lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] == b"[":
        yield from (Raw(item) for item in _items(stream, "item"))
    elif (key := _page_key(start)) is not None:
        yield from (Raw(item) for item in _items(stream, f"{key}.item"))
    elif _is_one_object(start):
        yield from (Raw(item) for item in _items(stream, ""))
    else:
        yield from _lines(stream)


def _items(stream: IO[bytes], prefix: str) -> Iterator[dict[str, Any]]:
    yield from ijson.items(stream, prefix, use_float=True)


def _page_key(start: bytes) -> str | None:
    """The key under which this document, if it is a page, holds its records."""
    for event in _top_level(start):
        if event in PAGE_KEYS:
            return event
        if event not in {"next", "previous", "success", "errors", "messages", "result_info"}:
            return None
    return None


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


def _lines(stream: "io.BufferedReader[Any]") -> Iterator[Raw]:
    while line := stream.readline(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE and not line.endswith(b"\n"):
            length = len(line) + _rest_of_line(stream)
            yield Raw(line[:10_000], f"The line has {length} bytes, more than {LONGEST_LINE}.")
        elif line.strip():
            yield Raw(line)


def _rest_of_line(stream: "io.BufferedReader[Any]") -> int:
    """Pass over what is left of a line, without holding it; how many bytes that was."""
    length = 0
    while part := stream.readline(1 << 20):
        length += len(part)
        if part.endswith(b"\n"):
            break
    return length


def digest_of(raw: Raw) -> str:
    """16 characters that tell this record's content."""
    body = raw.body if isinstance(raw.body, bytes) else _canonical(raw.body)
    return hashlib.blake2b(body.strip(), digest_size=8).hexdigest()


def _canonical(value: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:  # lone surrogates, numbers beyond 64 bits
        return repr(value).encode("utf-8", "surrogatepass")
