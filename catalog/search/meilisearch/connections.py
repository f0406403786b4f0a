"""HTTP connections that are kept open, each request with a time limit that holds for all of it.

Neither the official client nor urllib3 keeps to one: a name that does not resolve, or an answer
that comes a byte at a time, would hold a page for as long as it likes.
"""

import io
import socket
import time
from collections import deque
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from catalog.search.errors import Cause, Unavailable

KEPT = 16  # idle connections a process
CONNECTING = 4  # at a time; a name may take long to resolve


Body = bytes | BinaryIO


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes


class Pool:
    """Connections to one address. Threads may share it; processes may not."""

    def __init__(self, url: str) -> None:
        self._address = urlsplit(url)
        self._idle: deque[HTTPConnection] = deque(maxlen=KEPT)
        self._connectors = ThreadPoolExecutor(CONNECTING, thread_name_prefix="meilisearch")

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: Body | None = None,
        headers: Mapping[str, str],
        until: float,
    ) -> Answer:
        """The answer, whatever its status. `until` is a time.monotonic().

        Raises Unavailable. What is asked may reach the engine twice, when it closes a connection.
        """
        while True:
            connection = self._idle_connection()
            is_new = connection is None
            try:
                connection = connection or self._connect(until)
                return self._exchange(connection, method, path, body, headers, until)
            except TimeoutError as error:
                raise Unavailable("Meilisearch did not answer in time.", Cause.SLOW) from error
            except (OSError, HTTPException) as error:
                self._idle.clear()  # The engine was restarted: the others are as dead.
                if is_new:
                    sentence = f"Meilisearch cannot be reached ({_words(error)})."
                    raise Unavailable(sentence, Cause.DOWN) from error

    def _idle_connection(self) -> HTTPConnection | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None

    def _connect(self, until: float) -> HTTPConnection:
        """In a thread of its own: a resolver cannot be given a time limit."""
        connecting = self._connectors.submit(self._connected, _left(until))
        try:
            return connecting.result(timeout=_left(until))
        except TookTooLong as error:
            raise TimeoutError("connecting took too long") from error

    def _connected(self, seconds: float) -> HTTPConnection:
        kind = HTTPSConnection if self._address.scheme == "https" else HTTPConnection
        connection = kind(str(self._address.hostname), self._address.port, timeout=seconds)
        connection.connect()
        connection.sock = _TimedSocket(connection.sock)
        return connection

    def _exchange(
        self,
        connection: HTTPConnection,
        method: str,
        path: str,
        body: Body | None,
        headers: Mapping[str, str],
        until: float,
    ) -> Answer:
        timed: Any = connection.sock
        timed.until = until
        try:
            connection.request(
                method, self._address.path.rstrip("/") + path, body, {**headers, **_length(body)}
            )
            response = connection.getresponse()
            answer = Answer(response.status, response.read())
        except BaseException:
            timed.close()
            raise
        # A refusal may have left the request half read: what is asked next there would hang.
        if response.will_close or answer.status >= 400:
            timed.close()
        else:
            self._idle.append(connection)
        return answer


class _TimedSocket:
    """As much of a socket as http.client uses, with one time limit for all that it does."""

    def __init__(self, inner: socket.socket) -> None:
        self._inner = inner
        self.until = 0.0

    def sendall(self, content: Any) -> None:
        self._inner.settimeout(_left(self.until))
        self._inner.sendall(content)

    def receive(self, buffer: Any) -> int:
        self._inner.settimeout(_left(self.until))
        return self._inner.recv_into(buffer)

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reading(self))

    def close(self) -> None:
        self._inner.close()


class _Reading(io.RawIOBase):
    def __init__(self, timed: _TimedSocket) -> None:
        self._timed = timed

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._timed.receive(buffer)


def _length(body: Body | None) -> dict[str, str]:
    """Of a file, from whose start is sent. Its length is not known otherwise."""
    if body is None or isinstance(body, bytes):
        return {}
    length = body.seek(0, io.SEEK_END)
    body.seek(0)
    return {"Content-Length": str(length)}


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("no time is left")
    return left


def _words(error: Exception) -> str:
    return getattr(error, "strerror", "") or str(error) or type(error).__name__
