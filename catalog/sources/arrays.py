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
# Groups are made atomic by (?>...): Python before 3.11.4 gets a possessive group (...)*+ wrong.
_STRING = rb'"[^"\\]*+(?>(?:\\.[^"\\]*+)*)"'
_PLAIN = rb'[^"{}\[\]]++'
_FLAT = rb"(?>(?:" + _PLAIN + rb"|" + _STRING + rb")*)"
# The next sign that counts: outside of an element also its comma and the strings, which may be
# the key; inside only brackets, those around nothing but values already skipped. A lone quote is
# a string that goes on after the chunk.
_OUTSIDE = re.compile(rb'[^"{}\[\],]*+(' + _STRING + rb'|["\[\]{},])', re.DOTALL)
_INSIDE = re.compile(
    rb"(?>(?:" + _PLAIN + rb"|" + _STRING + rb"|\{" + _FLAT + rb"\}|\[" + _FLAT + rb"\])*)"
    rb'(["\[\]{}])',
    re.DOTALL,
)


class Readable(Protocol):
    def read1(self, size: int = ..., /) -> bytes: ...


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
        # How deep the elements lie: in the array, or in the array of an object.
        self._level = 2 if key else 1
        self._depth = 0
        self._buffer = b""
        self._position = 0
        self._read = 0
        # Where the current element begins in the buffer; None outside of the array.
        self._start: int | None = None
        self._is_over = False
        self._last_string = b""

    def elements(self) -> Iterator[bytes]:
        while self._more():
            while match := self._next():
                element = self._element(match[1], match.start(1), match.end())
                if element:
                    yield element
                if self._is_over:
                    return
        raise NotAnArray(f"the list ends in the middle, at byte {self._read:,}")

    def _next(self) -> re.Match[bytes] | None:
        """The next sign that counts; None when the rest of the buffer tells no more."""
        pattern = _INSIDE if self._start is not None and self._depth > self._level else _OUTSIDE
        match = pattern.match(self._buffer, self._position)
        if match is None:
            self._position = len(self._buffer)
            return None
        if match[1] == b'"':
            self._position = match.start(1)
            return None
        self._position = match.end()
        return match

    def _element(self, sign: bytes, begin: int, end: int) -> bytes | None:
        """The element that this sign ends, if it does."""
        if sign in (b"{", b"["):
            self._depth += 1
            if self._start is None and self._depth == self._level and self._opens(sign):
                self._start = end
        elif sign in (b"}", b"]"):
            self._depth -= 1
            if self._start is not None and self._depth < self._level:
                self._is_over = True
                return self._cut(begin, end)
        elif sign == b",":
            if self._start is not None and self._depth == self._level:
                return self._cut(begin, end)
        elif self._depth == 1:
            self._last_string = sign
        return None

    def _opens(self, sign: bytes) -> bool:
        return sign == b"[" and (not self._key or self._last_string == self._key)

    def _cut(self, end: int, following: int) -> bytes:
        """The bytes up to `end`; the next element begins at `following`."""
        element = self._buffer[self._start : end].strip()
        self._start = following
        return element

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
        chunk = self._stream.read1(CHUNK)
        self._buffer += chunk
        self._read += len(chunk)
        return bool(chunk)
