"""The log of an instance: one JSON object a line, with time and stream; rotated and capped."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

MOST_BYTES = 5 * 2**20  # of one file
MOST_LINE = 8192  # characters
MOST_A_SECOND = 2**20  # bytes: who says more is cut short, and that is said
# Of Cog's own words only these are of use to people; the others tell how it is built.
SHOWN = ("Server ready", "Starting prediction", "Prediction failed")


class Log:
    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self._path = folder / "log.jsonl"
        self._clock = clock
        self._file = self._open()
        self._second, self._in_second, self._is_cut = 0, 0, False

    def say(self, text: str) -> None:
        """Slipway itself speaks."""
        self._write("slipway", text, {})

    def hear(self, stream: str, line: bytes) -> None:
        """A line from one of the server's outputs."""
        for kind, text, more in _understood(stream, line.decode(errors="replace").rstrip("\r")):
            self._write(kind, text, more)

    def _write(self, stream: str, text: str, more: dict[str, str]) -> None:
        now = self._clock()
        if int(now) != self._second:
            self._second, self._in_second, self._is_cut = int(now), 0, False
        if self._is_cut:
            return
        if len(text) > MOST_LINE:
            text = f"{text[:MOST_LINE]} ... ({len(text)} characters)"
        self._in_second += len(text)
        if self._in_second > MOST_A_SECOND:
            self._is_cut = True
            stream, text, more = (
                "slipway",
                "It says too much: the rest of this second is left out.",
                {},
            )
        whole = {"at": _moment(now), "stream": stream, "text": text, **more}
        self._file.write(json.dumps(whole, ensure_ascii=False).encode(errors="replace") + b"\n")
        if self._file.tell() > MOST_BYTES:
            self._turn_over()

    def _turn_over(self) -> None:
        self._file.close()
        self._path.replace(self._path.with_name("log.1.jsonl"))
        self._file = self._open()

    def _open(self) -> Any:
        opened = self._path.open("ab", buffering=0)
        self._path.chmod(0o600)
        return opened


def _moment(now: float) -> str:
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now))
    return f"{whole}.{int(now * 1000) % 1000:03d}Z"


def _understood(stream: str, line: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Stream, text and more of a line; Cog's server wraps what a model says in JSON of its own."""
    said = _wrapped(line)
    if said is None:
        if line:
            yield stream, line, {}
        return
    fields, message = said["fields"], str(said["fields"]["message"])
    of_prediction = fields.get("prediction_id")
    more = {"prediction": str(of_prediction)} if of_prediction else {}
    source = fields.get("source")
    if source or said.get("target") == "coglet::user":
        yield "err" if source == "Stderr" else "out", message, more
    elif message.startswith(SHOWN) or said.get("level") in ("WARN", "ERROR"):
        error = fields.get("error")
        yield "slipway", f"{message}: {error}" if error else message, more


def _wrapped(line: str) -> dict[str, Any] | None:
    """One of Cog's own lines; None for any other."""
    if not line.startswith('{"timestamp"'):
        return None
    try:
        said: dict[str, Any] = json.loads(line)
        return said if "message" in said["fields"] and isinstance(said["fields"], dict) else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
