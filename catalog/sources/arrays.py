"""Cuts a JSON array into its elements as bytes, without parsing them.

A streaming parser would stop at the first thing it dislikes (a lone surrogate, a number beyond
64 bits), and nothing after it could be read. Here only strings and brackets count; each element
is parsed alone, and a bad one is rejected alone.
"""

import re
from collections.abc import Iterator
from typing import Protocol

LARGEST_ELEMENT = 64_000_000
CHUNK = 1 << 18
# A whole string, or a sign that counts; a lone quote is a string that goes on after the chunk.
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|["\[\]{},]', re.DOTALL)


class Readable(Protocol):
    def read(self, size: int = ..., /) -> bytes: ...


class NotAnArray(Exception):
    """The message says at which byte the array stops making sense."""


def elements(stream: Readable, key: str = "") -> Iterator[bytes]:
    """The elements of the array that the stream is, or that stands under `key` of its object.

    Raises NotAnArray where the stream ends inside of it.
    """
    return _Cutter(stream, f'"{key}"'.encode() if key else b"").elements()


class _Cutter:
    def __init__(self, stream: Readable, key: bytes) -> None:
        self._stream = stream
        self._key = key
        self._buffer = b""
        self._position = 0
        self._read = 0
        self._depth = 0
        # Where the current element begins in the buffer; None outside of the array.
        self._start: int | None = None
        self._last_string = b""

    def elements(self) -> Iterator[bytes]:
        while self._more():
            for match in _TOKEN.finditer(self._buffer, self._position):
                token = match[0]
                if token == b'"':
                    self._position = match.start()
                    break
                if (element := self._element(token, match.start(), match.end())) is not None:
                    yield element
                if token == b"]" and self._start == -1:
                    return
            else:
                self._position = len(self._buffer)
        raise NotAnArray(f"the list ends in the middle, at byte {self._read:,}")

    def _element(self, token: bytes, begin: int, end: int) -> bytes | None:
        """The element that this token ends, if it does."""
        level = 2 if self._key else 1
        if token in (b"{", b"["):
            self._depth += 1
            if self._start is None and self._depth == level and self._opens(token):
                self._start = end
            return None
        if token in (b"}", b"]"):
            self._depth -= 1
            return self._cut(begin, -1) if self._start is not None and self._depth < level else None
        if token == b",":
            at_level = self._start is not None and self._depth == level
            return self._cut(begin, end) if at_level else None
        if self._depth == 1:
            self._last_string = token
        return None

    def _opens(self, token: bytes) -> bool:
        return token == b"[" and (not self._key or self._last_string == self._key)

    def _cut(self, end: int, following: int) -> bytes | None:
        """The bytes up to `end`; the next element begins at `following`, -1 for no more."""
        element = self._buffer[self._start : end].strip()
        self._start = following
        return element or None

    def _more(self) -> bool:
        """Read on; what is done is let go of. False at the end of the stream."""
        keep_from = self._position if self._start is None else self._start
        self._buffer = self._buffer[keep_from:]
        self._position -= keep_from
        self._start = None if self._start is None else 0
        if len(self._buffer) > LARGEST_ELEMENT:
            raise NotAnArray(
                f"a record before byte {self._read:,} is larger than {LARGEST_ELEMENT:,} bytes"
            )
        chunk = self._stream.read(CHUNK)
        self._buffer += chunk
        self._read += len(chunk)
        return bool(chunk)
