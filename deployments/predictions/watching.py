"""One thread per process asks what became of the predictions that somebody here waits for.

Hundreds may wait: they share one query each twentieth of a second, and one for what is new in
those that went on, and ask nothing themselves.
"""

import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog
from django.db import DatabaseError, connections
from django.db.models import Q

from deployments.models import Prediction, PredictionEvent

log = structlog.get_logger(__name__)

TICK = 0.05
IDLE_SECONDS = 5.0
AFTER_ERROR = 1.0
MOST = 5000  # events read at a time


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
    """One waiter's look at one prediction; `after` is the last event it has, None: wants none."""

    id: str
    after: int | None = None
    head: Head | None = None
    _events: deque[PredictionEvent] = field(default_factory=deque)
    _news: threading.Event = field(default_factory=threading.Event)

    @property
    def is_over(self) -> bool:
        """Finished, and all that was written of it is here."""
        if self.head is None or not self.head.is_finished:
            return False
        return self.after is None or self.after >= self.head.event_count

    def wait(self, seconds: float) -> bool:
        """Until there is something new, or the time is over; whether there is."""
        found = self._news.wait(seconds)
        self._news.clear()
        return found

    def events(self) -> Iterator[PredictionEvent]:
        """Those that came, each once."""
        while self._events:
            yield self._events.popleft()

    def tell(self, head: Head) -> None:
        if head != self.head:
            self.head = head
            self._news.set()

    def give(self, event: PredictionEvent) -> None:
        if self.after is not None and event.number == self.after + 1:
            self.after = event.number
            self._events.append(event)
            self._news.set()


_lock = threading.Lock()
_watches: dict[str, set[Watch]] = defaultdict(set)
_thread: threading.Thread | None = None
_poked = threading.Event()


@contextmanager
def watched(id: str, *, after: int | None = None) -> Iterator[Watch]:
    global _thread  # noqa: PLW0603 - there is one
    watch = Watch(id, after)
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
        while not watch.is_over:
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
        heads = {row[0]: Head(*row[1:]) for row in rows.values_list("pk", "status", "event_count")}
        events = _new_events(heads)
    except DatabaseError as error:
        log.warning("predictions could not be looked at", problem=str(error))
        connections.close_all()
        time.sleep(AFTER_ERROR)
        return
    with _lock:
        for event in events:
            for watch in _watches.get(event.prediction_id, ()):
                watch.give(event)
        for pk, head in heads.items():
            for watch in _watches.get(pk, ()):
                watch.tell(head)


def _new_events(heads: dict[str, Head]) -> list[PredictionEvent]:
    """What somebody here does not have yet, of all predictions in one query."""
    behind = Q()
    with _lock:
        for pk, head in heads.items():
            known = [w.after for w in _watches.get(pk, ()) if w.after is not None]
            if known and min(known) < head.event_count:
                behind |= Q(prediction=pk, number__gt=min(known))
    if not behind:
        return []
    return list(PredictionEvent.objects.filter(behind).order_by("prediction", "number")[:MOST])
