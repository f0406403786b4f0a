"""A prediction as server-sent events, from any number on: live, and again after it has ended.

Events are Replicate's: `output`, `logs`, `error`, `done`. What was streamed is there as rows; what
was not, and the end, is told from the prediction's own row, numbered behind them.
"""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.http import HttpRequest
from rest_framework.request import Request

from config.links import Links
from deployments.models import Prediction, PredictionEvent

from . import database, outputs, watching

KEEP_ALIVE_SECONDS = 15.0
MOST = 220  # open at a time in one process, which has 256 threads (config/web.py)
BEGINNING = b"retry: 1000\n\n"
STILL_HERE = b": still here\n\n"

Kind = PredictionEvent.Kind
Told = tuple[int, str, str]  # number, kind, text
Asked = Request | HttpRequest | None

# Replicate's JavaScript client sends no token to the address of a stream.
LINKS = Links("prediction stream")

_room = threading.Semaphore(MOST)


class TooMany(Exception):
    """This process has as many open as it may."""


@contextmanager
def seat() -> Iterator[bool]:
    """Whether there is room for one more who waits; it is kept until the end."""
    has_room = _room.acquire(blocking=False)
    try:
        yield has_room
    finally:
        if has_room:
            _room.release()


def opened(prediction: Prediction, after: int, request: Asked) -> Iterator[bytes]:
    """Raises TooMany, at once; what is returned ends after `done`."""
    if not _room.acquire(blocking=False):
        raise TooMany
    return _Released(_stream(prediction, after, request))


class _Released:
    """Gives its seat back when it is closed, read or not."""

    def __init__(self, stream: Iterator[bytes]) -> None:
        self._stream = stream
        self._is_open = True

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return next(self._stream)

    def close(self) -> None:
        if self._is_open:
            self._is_open = False
            _room.release()
        self._stream.close()  # type: ignore[attr-defined]


def _stream(prediction: Prediction, after: int, request: Asked) -> Iterator[bytes]:
    yield BEGINNING
    if prediction.is_finished:
        for event in prediction.events.filter(number__gt=after):
            yield _written(_as_told(event, prediction, request))
    else:
        yield from _live(prediction, after, request)
        prediction.refresh_from_db()
    ending = [told for told in _ending(prediction, request) if told[0] > after]
    database.close()
    yield b"".join(map(_written, ending))


def _live(prediction: Prediction, after: int, request: Asked) -> Iterator[bytes]:
    with watching.watched(prediction.pk, after=after) as watch:
        database.close()
        told_at = time.monotonic()
        while not watch.is_over:
            watch.wait(KEEP_ALIVE_SECONDS)
            for event in watch.events():
                yield _written(_as_told(event, prediction, request))
                told_at = time.monotonic()
            if time.monotonic() - told_at >= KEEP_ALIVE_SECONDS:
                yield STILL_HERE
                told_at = time.monotonic()
        for event in watch.events():
            yield _written(_as_told(event, prediction, request))


def _ending(prediction: Prediction, request: Asked) -> Iterator[Told]:
    number = prediction.event_count
    for kind, text in _untold(prediction, request):
        number += 1
        yield number, kind, text


def _untold(prediction: Prediction, request: Asked) -> Iterator[tuple[str, str]]:
    """What no row of an event tells."""
    if not prediction.event_count:
        if prediction.logs:
            yield Kind.LOGS, prediction.logs
        for piece in _pieces(prediction):
            yield Kind.OUTPUT, _text(outputs.shown(piece, prediction, request))
    if prediction.error:
        yield Kind.ERROR, json.dumps({"detail": prediction.error})
    yield Kind.DONE, json.dumps(_why(prediction))


def _pieces(prediction: Prediction) -> list[Any]:
    if prediction.output is None:
        return []
    schemas = prediction.version.openapi_schema.get("components", {}).get("schemas", {})
    is_iterator = schemas.get("Output", {}).get("x-cog-array-type") == "iterator"
    if is_iterator and isinstance(prediction.output, list):
        return prediction.output
    return [prediction.output]


def _why(prediction: Prediction) -> dict[str, str]:
    if prediction.status == Prediction.Status.SUCCEEDED:
        return {}
    is_failed = prediction.status == Prediction.Status.FAILED
    return {"reason": "error" if is_failed else "canceled"}


def _as_told(event: PredictionEvent, prediction: Prediction, request: Asked) -> Told:
    text = event.data
    if text.startswith(outputs.MARK):
        text = _text(outputs.shown(text, prediction, request))
    return event.number, event.kind, text


def _written(told: Told) -> bytes:
    number, kind, text = told
    lines = "".join(f"data: {line}\n" for line in text.replace("\r\n", "\n").split("\n"))
    return f"id: {number}\nevent: {kind}\n{lines}\n".replace("\r", "").encode()


def _text(piece: Any) -> str:
    return piece if isinstance(piece, str) else json.dumps(piece, ensure_ascii=False)
