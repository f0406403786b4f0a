"""One thread per process looks after what the process runs: leases, cancels, held back pieces."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import structlog
from django.db import DatabaseError
from django.utils import timezone

from deployments import cog
from deployments.models import Prediction

from . import claims, spending
from .claims import Held
from .database import let_go
from .pieces import LeaseLost, Pieces

log = structlog.get_logger(__name__)

TICK = 0.05
LOOK_SECONDS = 1.0
RENEW_SECONDS = 5.0
IDLE_SECONDS = 5.0  # without anything to look after until the thread ends


@dataclass
class _Run:
    held: Held
    pieces: Pieces
    since: float = field(default_factory=time.monotonic)
    renewed_at: float = field(default_factory=time.monotonic)


_lock = threading.Lock()
_runs: dict[str, _Run] = {}
_thread: threading.Thread | None = None


@contextmanager
def attended(held: Held, pieces: Pieces) -> Iterator[None]:
    """Within it the lease is renewed and a wish to cancel is passed on."""
    global _thread  # noqa: PLW0603 - there is one
    with _lock:
        _runs[held.lease] = _Run(held, pieces)
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=_attend, name="attend", daemon=True)
            _thread.start()
    try:
        yield
    finally:
        with _lock:
            _runs.pop(held.lease, None)


def _attend() -> None:
    global _thread  # noqa: PLW0603
    idle_since = looked_at = time.monotonic()
    while True:
        time.sleep(TICK)
        now = time.monotonic()
        with _lock:
            runs = list(_runs.values())
            if runs:
                idle_since = now
            elif now - idle_since > IDLE_SECONDS:
                _thread = None
                return
        for run in runs:
            with suppress(LeaseLost, DatabaseError):
                run.pieces.flush_if_due()
        if now - looked_at >= LOOK_SECONDS:
            looked_at = now
            _look([run for run in runs if now - run.since >= LOOK_SECONDS], now)


def _look(runs: list[_Run], now: float) -> None:
    try:
        _renew([run for run in runs if now - run.renewed_at >= RENEW_SECONDS], now)
        _keep_to_budgets(runs, now)
        _pass_cancels_on(runs)
    except DatabaseError as error:
        log.warning("leases could not be renewed", problem=str(error))
    finally:
        let_go()


def _renew(runs: list[_Run], now: float) -> None:
    if not runs:
        return
    claims.renew([run.held.lease for run in runs])
    for run in runs:
        run.renewed_at = now


def _keep_to_budgets(runs: list[_Run], now: float) -> None:
    """What runs longer than it was thought to is taken from its budgets, and ends with them."""
    for run in runs:
        prediction, price = run.held.prediction, run.held.instance.price_per_second
        if not spending.keep_up(prediction, now - run.since, price):
            prediction.reason = spending.OUT
            running = Prediction.objects.running().filter(pk=prediction.pk, cancel_asked_at=None)
            running.update(cancel_asked_at=timezone.now())


def _pass_cancels_on(runs: list[_Run]) -> None:
    """Again each second: the first call may have come before the model was asked."""
    by_id = {run.held.prediction.pk: run.held for run in runs}
    asked = Prediction.objects.running().filter(pk__in=by_id, cancel_asked_at__isnull=False)
    for pk in asked.values_list("pk", flat=True) if by_id else ():
        with suppress(cog.Gone):
            cog.cancel(by_id[pk].instance.address, pk)
