"""Cog's HTTP server: all that is known of how it is asked, and of what it answers.

It listens at `unix:/path` or `http://127.0.0.1:port`. It runs code of others, so every answer is
bounded in time and in size, and nothing in it is trusted to have the right shape.
"""

import http.client
import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

CONNECT_SECONDS = 2.0
BODY_SECONDS = 10.0  # between two pieces of an answer that is finished on the server's side
MOST_BYTES = 64 * 2**20  # of one answer, output files as data: URLs included
MOST_LINE = 16 * 2**20  # of one event in a stream
# A slot is freed a moment after its answer was sent: 8 of 100 quick next requests get a 409.
BUSY_PAUSES = (0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128)

OnEvent = Callable[[str, Any], None]


class Busy(Exception):
    """Every slot is taken, or setup goes on: another instance, or another time, may do."""


class Gone(Exception):
    """The connection was lost, or the process behind it died: what was asked is lost."""


class Unreached(Gone):
    """Nobody listens there: the model was not asked, so another instance may be."""


class TimedOut(Exception):
    """It took longer than was allowed; closing the connection has cancelled it."""


class _Garbled(Exception):
    """The answer is too large, or nothing that Cog would say."""


@dataclass(frozen=True)
class Answer:
    """How a prediction ended: `status` is succeeded, failed or canceled."""

    status: str
    output: Any = None
    error: str = ""
    logs: str = ""
    metrics: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Health:
    """`status`: STARTING, READY, BUSY, SETUP_FAILED, UNHEALTHY or DEFUNCT."""

    status: str
    logs: str = ""


def predict(
    address: str,
    id: str,
    input: dict[str, Any],
    *,
    is_stream: bool = False,
    seconds: float = 600,
    idle_seconds: float | None = None,
    on_event: OnEvent = lambda kind, content: None,
    most_bytes: int = MOST_BYTES,
) -> Answer:
    """Ask, and wait for the end; what on_event raises cancels it, and is raised here.

    `on_event` gets ("output", piece) and ("log", text) of a stream as they come. `idle_seconds` is
    how long a stream may be silent. Raises Busy, Gone or TimedOut; what the model does wrong is an
    Answer that failed.
    """
    ends_at = time.monotonic() + seconds
    for pause in (*BUSY_PAUSES, None):
        try:
            with closing(_connect(address, ends_at)) as connection:
                asked = _Asked(connection, ends_at, idle_seconds, most_bytes, on_event)
                return asked.for_prediction(id, input, is_stream=is_stream)
        except _OfListener as error:
            raise error.said from None
        except _NoStream:
            return predict(
                *(address, id, input),
                seconds=ends_at - time.monotonic(),
                on_event=on_event,
                most_bytes=most_bytes,
            )
        except Busy as error:
            if pause is None or isinstance(error, _NotReady):
                raise
            time.sleep(pause)
        except _Garbled as error:
            return Answer("failed", error=str(error))
        except TimeoutError as error:
            raise TimedOut(f"It took longer than the {seconds:g} seconds allowed.") from error
        except (OSError, http.client.HTTPException) as error:
            raise Gone(
                f"The model's server went away while it was asked ({_told(error)})."
            ) from error
    raise AssertionError("the last pause is None")


def cancel(address: str, id: str, *, seconds: float = 5) -> bool:
    """Whether it knew of such a prediction. Raises Gone."""
    path = f"/predictions/{quote(id, safe='')}/cancel"
    status, _ = _simple(address, "POST", path, seconds)
    return status == 200


def health(address: str, *, seconds: float = 2) -> Health:
    """Raises Gone when it does not answer in time, or not as Cog does."""
    status, body = _simple(address, "GET", "/health-check", seconds)
    try:
        said = json.loads(body)
        setup = said.get("setup") or {}
        return Health(str(said["status"]), str(setup.get("logs") or ""))
    except (ValueError, KeyError, AttributeError, RecursionError) as error:
        raise Gone(f"Its health check answered {status} and no sense.") from error


class _NotReady(Busy):
    """Setup goes on, or failed: no use in asking again within a moment."""


class _NoStream(Exception):
    """It was asked for pieces, and has only the whole."""


class _OfListener(Exception):
    """What on_event raised, whatever it is: no trouble with the model's server."""

    def __init__(self, said: Exception) -> None:
        super().__init__()
        self.said = said


class _Socket(socket.socket):
    """Every read and write ends at the deadline, however slowly bytes trickle."""

    ends_at: float = 0.0
    patience: float | None = None  # seconds for one read, when less

    def recv_into(self, *arguments: Any, **options: Any) -> int:
        self._mind_the_time()
        return super().recv_into(*arguments, **options)

    def sendall(self, *arguments: Any, **options: Any) -> None:
        self._mind_the_time()
        super().sendall(*arguments, **options)

    def _mind_the_time(self) -> None:
        left = self.ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.settimeout(left if self.patience is None else min(left, self.patience))


class _Connection(http.client.HTTPConnection):
    sock: _Socket

    def __init__(self, given: _Socket) -> None:
        super().__init__("localhost")
        self.sock = given

    def connect(self) -> None:
        """It is connected already, and does not connect again."""
        raise http.client.NotConnected


def _connect(address: str, ends_at: float) -> _Connection:
    family, place = _place(address)
    opened = _Socket(family, socket.SOCK_STREAM)
    opened.ends_at = ends_at
    try:
        opened.settimeout(max(0.001, min(CONNECT_SECONDS, ends_at - time.monotonic())))
        opened.connect(place)
    except TimeoutError as error:
        opened.close()
        raise Unreached("The model's server takes no connection.") from error
    except OSError as error:
        opened.close()
        raise Unreached(f"The model's server is not there ({_told(error)}).") from error
    if family == socket.AF_INET:
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return _Connection(opened)


def _place(address: str) -> tuple[int, Any]:
    if address.startswith("unix:"):
        return socket.AF_UNIX, address.removeprefix("unix:")
    parts = urlsplit(address)
    return socket.AF_INET, (parts.hostname, parts.port)


def _simple(address: str, method: str, path: str, seconds: float) -> tuple[int, bytes]:
    ends_at = time.monotonic() + seconds
    try:
        with closing(_connect(address, ends_at)) as connection:
            connection.request(method, path)
            answer = connection.getresponse()
            return answer.status, answer.read(2**20)
    except (OSError, http.client.HTTPException) as error:
        raise Gone(f"It does not answer ({_told(error)}).") from error


@dataclass
class _Asked:
    """One request of a prediction, on a connection of its own."""

    connection: _Connection
    ends_at: float
    idle_seconds: float | None
    most_bytes: int
    on_event: OnEvent

    def for_prediction(self, id: str, input: dict[str, Any], *, is_stream: bool) -> Answer:
        body = json.dumps({"input": input}).encode()
        headers = {
            "Content-Type": "application/json",
            "Accept": "text/event-stream" if is_stream else "application/json",
        }
        self.connection.request("PUT", f"/predictions/{quote(id, safe='')}", body, headers)
        # Closes with the last piece of the body, so the socket is kept here.
        wire = self.connection.sock
        answer = self.connection.getresponse()
        is_streamed = answer.getheader("Content-Type", "").startswith("text/event-stream")
        if answer.status == 200 and is_streamed:
            wire.patience = self.idle_seconds
            return self._from_stream(answer)
        wire.patience = BODY_SECONDS
        return _read(answer.status, self._whole(answer))

    def _whole(self, answer: http.client.HTTPResponse) -> bytes:
        try:
            body = answer.read(self.most_bytes + 1)
        except TimeoutError as error:
            if time.monotonic() < self.ends_at:
                raise _Garbled("The model's server stopped in the middle of its answer.") from error
            raise
        if len(body) > self.most_bytes:
            raise _too_large(self.most_bytes)
        return body

    def _from_stream(self, answer: http.client.HTTPResponse) -> Answer:
        for kind, text in _events(answer, self.most_bytes):
            said = _json(text)
            if kind == "completed":
                return _ended(said)
            self._pass_on(kind, said)
        raise Gone("The model's server went away in the middle of its stream.")

    def _pass_on(self, kind: str, said: Any) -> None:
        try:
            if kind == "output":
                self.on_event("output", said.get("chunk") if isinstance(said, dict) else said)
            elif kind == "log":
                self.on_event("log", _log_text(said))
        except Exception as error:
            raise _OfListener(error) from error


def _log_text(said: Any) -> str:
    if not isinstance(said, dict):
        return str(said)
    return next((str(said[key]) for key in ("data", "text", "message", "logs") if key in said), "")


def _events(answer: http.client.HTTPResponse, most_bytes: int) -> Iterator[tuple[str, str]]:
    """Each event of a stream: its name, and its lines of data."""
    kind, lines, read = "message", list[str](), 0
    while line := answer.readline(MOST_LINE + 1):
        read += len(line)
        if len(line) > MOST_LINE or read > most_bytes:
            raise _too_large(most_bytes)
        name, _, value = line.decode(errors="replace").rstrip("\r\n").partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            kind = value
        elif name == "data":
            lines.append(value)
        elif not name and not value and lines:
            yield kind, "\n".join(lines)
            kind, lines = "message", []


def _read(status: int, body: bytes) -> Answer:
    """Raises Busy or _NoStream; everything else is an answer."""
    if status == 409 or status == 202:
        raise Busy("Every slot is taken.")
    if status == 503:
        raise _NotReady("Its setup has not finished.")
    if status == 406:
        raise _NoStream
    if status == 200:
        return _ended(_json(body.decode(errors="replace")))
    said = body[:2000].decode(errors="replace")
    if status == 422:
        return Answer("failed", error=f"The model refuses its input: {_refusal(said)}")
    raise _Garbled(f"The model's server answered {status}: {said}")


def _refusal(said: str) -> str:
    try:
        found = json.loads(said)["detail"]
        return "; ".join(f"{item['loc'][-1]}: {item['msg']}" for item in found)
    except (ValueError, KeyError, TypeError, IndexError):
        return said


def _ended(said: Any) -> Answer:
    if not isinstance(said, dict) or said.get("status") not in ("succeeded", "failed", "canceled"):
        raise _Garbled("The model's server answered what is no prediction.")
    error = str(said.get("error") or "").removeprefix("Prediction failed: ")
    error = error.removeprefix("Prediction failed: ")
    if error == "Worker crashed":
        raise Gone("The model's process died while it answered.")
    metrics = said.get("metrics")
    return Answer(
        status=said["status"],
        output=said.get("output"),
        error=error,
        logs=str(said.get("logs") or ""),
        metrics=metrics if isinstance(metrics, dict) else {},
    )


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _Garbled("The model's server answered what is no JSON.") from error


def _too_large(most_bytes: int) -> _Garbled:
    return _Garbled(f"The answer is larger than the {most_bytes // 2**20} MB that are taken.")


def _told(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
