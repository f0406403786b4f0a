"""Logs of builds and of instances: read from their end, searched, followed, and handed out whole.

One JSON object a line. What an instance says goes to log.jsonl; when that is full it becomes
log.1.jsonl. A place in a log is `inode-offset`, so that it holds while a file is turned over.
"""

import json
import mmap
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from deployments.models import Environment, Instance

MOST_LINES = 300  # of a page
MOST_TEXT = 16_384  # characters of a line that are shown
PAUSE = 0.25  # seconds between two looks at a log that is followed
STREAMS = ("out", "err", "slipway")


@dataclass(frozen=True, slots=True)
class Line:
    at: str  # ISO 8601, UTC
    stream: str
    text: str
    prediction: str = ""

    def __str__(self) -> str:
        return f"{self.at} {self.stream:7} {self.text}"

    def holds(self, wanted: str) -> bool:
        return wanted.lower() in self.text.lower() or (wanted == self.prediction != "")


@dataclass(frozen=True, slots=True)
class Page:
    lines: list[Line]
    before: str  # where to read on towards the beginning; empty when that was reached
    end: str  # where to follow from


@dataclass(frozen=True, slots=True)
class Log:
    """Its files, the oldest first; any of them may not be there yet, or no more."""

    files: tuple[Path, ...]

    @property
    def current(self) -> Path:
        return self.files[-1]

    def exists(self) -> bool:
        return any(path.exists() for path in self.files)


def of_instance(instance: Instance) -> Log:
    folder = Path(settings.VAR_DIR, "instances", instance.key)
    return Log((folder / "log.1.jsonl", folder / "log.jsonl"))


def of_build(environment: Environment) -> Log:
    return Log((Path(settings.VAR_DIR, "environments", environment.key, "build.log"),))


def read(log: Log, *, search: str = "", before: str = "", most: int = MOST_LINES) -> Page:
    """The last lines, or those before a place; with `search` only those that hold it."""
    lines: list[Line] = []
    end, earliest = _end(log), ""
    for place, line in _backwards(log, before):
        if search and not line.holds(search):
            continue
        if len(lines) == most:
            return Page(lines[::-1], earliest, end)
        lines.append(line)
        earliest = place
    return Page(lines[::-1], "", end)


def whole(log: Log, search: str = "") -> Iterator[str]:
    """Every line as text, the first one first."""
    for path in log.files:
        with suppress(FileNotFoundError), path.open("rb") as file:
            for raw in file:
                line = _line(raw)
                if line and (not search or line.holds(search)):
                    yield f"{line}\n"


def follow(log: Log, place: str = "", *, seconds: float = 600) -> Iterator[tuple[str, Line | None]]:
    """Each line from a place on as it is written, with the place behind it.

    None when there was nothing new for a moment. Ends when the seconds are over.
    """
    ends_at = time.monotonic() + seconds
    following = _Following(log, place)
    try:
        while time.monotonic() < ends_at:
            found = following.next()
            if found is None:
                time.sleep(PAUSE)
            yield following.place, found
    finally:
        following.close()


class _Following:
    """An open file and how far it was read; goes on with the next one when it was turned over."""

    def __init__(self, log: Log, place: str) -> None:
        self._log = log
        self._file: BinaryIO | None = None
        inode, offset = _parsed(place)
        for path in reversed(log.files):
            opened = _opened(path)
            if opened and os.fstat(opened.fileno()).st_ino == inode:
                opened.seek(offset)
                self._file = opened
                return
            if opened:
                opened.close()

    @property
    def place(self) -> str:
        return _place(self._file, self._file.tell()) if self._file else ""

    def next(self) -> Line | None:
        """None when there is nothing new now."""
        if self._file is None:
            self._file = _opened(self._log.current)
        while self._file is not None:
            begun = self._file.tell()
            raw = self._file.readline()
            if raw.endswith(b"\n"):
                line = _line(raw)
                if line:
                    return line
                continue
            self._file.seek(begun)
            if not self._is_turned_over(begun):
                return None
            self._file.close()
            self._file = _opened(self._log.current)
        return None

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def _is_turned_over(self, begun: int) -> bool:
        """Another file stands in its place, or it was begun anew."""
        assert self._file is not None  # noqa: S101
        found = _status(self._log.current)
        if found is None:
            return False
        return found.st_ino != os.fstat(self._file.fileno()).st_ino or found.st_size < begun


def _backwards(log: Log, before: str) -> Iterator[tuple[str, Line]]:
    """Every line, the last one first, with the place of its beginning."""
    inode, offset = _parsed(before)
    is_reached = not before
    for path in reversed(log.files):
        file = _opened(path)
        if file is None:
            continue
        with file:
            size = os.fstat(file.fileno()).st_size
            if os.fstat(file.fileno()).st_ino == inode:
                is_reached, size = True, min(size, offset)
            if is_reached and size:
                yield from _lines_backwards(file, size)


def _lines_backwards(file: BinaryIO, size: int) -> Iterator[tuple[str, Line]]:
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
        end = text.rfind(b"\n", 0, size) + 1  # what comes behind is being written
        while end > 0:
            begin = text.rfind(b"\n", 0, end - 1) + 1
            line = _line(text[begin:end])
            if line:
                yield _place(file, begin), line
            end = begin


def _end(log: Log) -> str:
    """Behind the last whole line of the current file."""
    file = _opened(log.current)
    if file is None:
        return ""
    with file:
        size = file.seek(0, os.SEEK_END)
        if not size:
            return _place(file, 0)
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
            return _place(file, text.rfind(b"\n", 0, size) + 1)


def _line(raw: bytes) -> Line | None:
    """None for what is no line of a log: a file may have been cut off in the middle of one."""
    try:
        said = json.loads(raw)
        stream = said["stream"] if said["stream"] in STREAMS else "out"
        text = str(said["text"]).rstrip("\n")[:MOST_TEXT]
        return Line(str(said["at"])[:32], stream, text, str(said.get("prediction", "")))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _opened(path: Path) -> BinaryIO | None:
    try:
        return path.open("rb")
    except FileNotFoundError:
        return None


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _place(file: BinaryIO, offset: int) -> str:
    return f"{os.fstat(file.fileno()).st_ino}-{offset}"


def _parsed(place: str) -> tuple[int, int]:
    """(0, 0) for what is no place; no file has that inode."""
    inode, _, offset = place.partition("-")
    if not (inode.isascii() and inode.isdigit() and offset.isascii() and offset.isdigit()):
        return 0, 0
    return int(inode[:20]), int(offset[:15])
