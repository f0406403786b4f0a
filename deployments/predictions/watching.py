"""One thread per process asks what became of the predictions that somebody here waits for.

Hundreds may wait: they share one query each twentieth of a second, and ask nothing themselves.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog
from django.db import DatabaseError, connections

from deployments.models import Prediction

log = structlog.get_logger(__name__)

TICK = 0.05
IDLE_SECONDS = 5.0
AFTER_ERROR = 1.0


@dataclass(frozen=True)
class Head:
    """How far a prediction is."""

    status: str
    event_count: int

    @property
    def is_finished(self) -> bool:
        return self.status not in Prediction.UNFINISHED


@dataclass(eq=False)
class Watch:
    """One waiter's look at one prediction."""

    id: str
    head: Head | None = None
    _news: threading.Event = field(default_factory=threading.Event)

    def wait(self, seconds: float) -> bool:
        """Until there is something new, or the time is over; whether there is."""
        found = self._news.wait(seconds)
        self._news.clear()
        return found

    def tell(self, head: Head) -> None:
        if head != self.head:
            self.head = head
            self._news.set()


_lock = threading.Lock()
_watches: dict[str, set[Watch]] = defaultdict(set)
_thread: threading.Thread | None = None
_poked = threading.Event()


@contextmanager
def watched(id: str) -> Iterator[Watch]:
    global _thread  # noqa: PLW0603 - there is one
    watch = Watch(id)
    with _lock:
        _watches[id].add(watch)
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=_look, name="watch", daemon=True)
            _thread.start()
    try:
        yield watch
    finally:
        with _lock:
            _watches[id].discard(watch)
            if not _watches[id]:
                del _watches[id]


def wait(id: str, seconds: float) -> bool:
    """Until it is finished, or the time is over; whether it is."""
    ends_at = time.monotonic() + seconds
    with watched(id) as watch:
        while not (watch.head and watch.head.is_finished):
            left = ends_at - time.monotonic()
            if left <= 0:
                return False
            watch.wait(left)
    return True


def poke() -> None:
    """Something was written by this very process: look at once."""
    _poked.set()


def _look() -> None:
    global _thread  # noqa: PLW0603
    idle_since = time.monotonic()
    while True:
        with _lock:
            ids = list(_watches)
            if ids:
                idle_since = time.monotonic()
            elif time.monotonic() - idle_since > IDLE_SECONDS:
                connections.close_all()
                _thread = None
                return
        if ids:
            _ask(ids)
        _poked.wait(TICK)
        _poked.clear()


def _ask(ids: list[str]) -> None:
    try:
        rows = Prediction.objects.filter(pk__in=ids)
        found = list(rows.values_list("pk", "status", "event_count"))
    except DatabaseError as error:
        log.warning("predictions could not be looked at", problem=str(error))
        connections.close_all()
        time.sleep(AFTER_ERROR)
        return
    with _lock:
        for pk, status, event_count in found:
            for watch in _watches.get(pk, ()):
                watch.tell(Head(status, event_count))
