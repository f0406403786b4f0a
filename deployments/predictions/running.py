"""One prediction from the slot that it holds to the row that tells its end."""

import threading
import time
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import structlog
from django.conf import settings
from django.db import connections, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from config.worded import Blank, Change
from deployments import cog, doorbell, metrics
from deployments.models import Prediction
from deployments.webhooks import noting

from . import attending, claims, inputs, outputs, queueing, retention, slots, spending
from .claims import Held
from .database import let_go
from .pieces import Pieces

log = structlog.get_logger(__name__)

MOST_ATTEMPTS = 3
DRAIN_SECONDS = 60.0  # then another task goes on, so that none is long
LOGS_MAX = 1_000_000  # characters of a prediction's log that are kept, the last ones
ENDING = (
    *("status", "output", "error", "reason", "logs", "metrics"),
    *("cost", "completed_at", "keep_until"),
)
_END = Change(
    lambda: claims.held(Blank("id"), Blank("lease")), ENDING, lease_owner="", leased_until=None
)


@dataclass(frozen=True)
class Outcome:
    """What came of one try. Status `starting`: nothing came of it, and it may be tried again."""

    status: Prediction.Status
    output: Any = None
    error: str = ""
    reason: str = ""
    logs: str = ""
    metrics: dict[str, Any] = field(default_factory=dict)


def run(id: str) -> None:
    """Somebody rang for this prediction: run whoever's turn it is in its deployment."""
    rows = Prediction.objects.unfinished().filter(pk=id)
    deployment_id = rows.values_list("deployment", flat=True).first()
    if deployment_id is not None:
        drain(deployment_id)


def drain(deployment_id: int) -> None:
    """One after the other, as long as there is a slot for the next."""
    ends_at = time.monotonic() + DRAIN_SECONDS
    while held := claims.next_in(deployment_id):
        settle(held, ask(held))
        if time.monotonic() > ends_at:
            break


def run_at_once(held: Held, seconds: float) -> bool:
    """Run it, waiting for so long at most; False: it goes on without us."""
    call = _Call(held)
    threading.Thread(target=call.go, daemon=True).start()
    outcome = call.wait(seconds)
    if outcome is None:
        return False
    settle(held, outcome)
    return True


def ask(held: Held) -> Outcome:
    """Let the model answer, and keep the lease meanwhile."""
    pieces = Pieces(held)
    with attending.attended(held, pieces):
        started = time.monotonic()
        outcome = _asked(held, pieces)
    seconds = round(time.monotonic() - started, 6)
    outcome.metrics.setdefault("predict_time", seconds)
    return outcome


def settle(held: Held, outcome: Outcome) -> bool:
    """Write the end, unless the lease was lost meanwhile; then whoever has it writes one."""
    if outcome.status == Prediction.Status.STARTING and held.prediction.attempts < MOST_ATTEMPTS:
        return claims.give_up(held)
    let_go()  # it may have been lost while the model was asked
    ended = _ended(held, _with_output_kept(held, outcome))
    with transaction.atomic():
        if not _END(id=held.prediction.pk, lease=held.lease, **ended):
            outputs.forget(held.prediction)
            return False
        slots.give_back(held.instance.pk)
        for name, value in ended.items():
            setattr(held.prediction, name, value)
        note_end(held.prediction)
    if not queueing.is_empty(held.instance.deployment_id):
        doorbell.ring(doorbell.PREDICT, held.instance.deployment_id)
    return True


def note_end(prediction: Prediction) -> None:
    """Tell all who want to know, in the transaction that ends it."""
    spending.settle(prediction)
    metrics.note(prediction)
    if prediction.output is not None and not prediction.event_count:
        noting.note(prediction, "output")
    noting.note(prediction, "completed")
    log.info("prediction ended", prediction=prediction.pk, status=prediction.status)


def _asked(held: Held, pieces: Pieces) -> Outcome:
    prediction = held.prediction
    try:
        answer = cog.predict(
            held.instance.address,
            prediction.pk,
            inputs.for_model(prediction),
            is_stream=prediction.version.bundle.is_streaming,
            seconds=_seconds_left(prediction),
            on_event=pieces.add,
        )
        pieces.flush()
    except inputs.Missing as error:
        return Outcome(Prediction.Status.FAILED, error=str(error), reason="InputMissing")
    except outputs.Unkept as error:
        return Outcome(Prediction.Status.FAILED, error=str(error), reason="OutputNotKept")
    except cog.Busy as error:
        return Outcome(Prediction.Status.STARTING, error=str(error), reason="Busy")
    except cog.TimedOut as error:
        return _timed_out(prediction, error)
    except cog.Unreached as error:
        slots.doubt(held.instance)
        return Outcome(Prediction.Status.STARTING, error=str(error), reason="ModelAway")
    except cog.Gone as error:
        slots.doubt(held.instance)
        return Outcome(Prediction.Status.FAILED, error=str(error), reason="ModelDied")
    return Outcome(
        Prediction.Status(answer.status),
        output=answer.output,
        error=answer.error,
        reason="ModelFailed" if answer.status == "failed" else "",
        logs=answer.logs,
        metrics=dict(answer.metrics),
    )


def _with_output_kept(held: Held, outcome: Outcome) -> Outcome:
    try:
        return replace(outcome, output=outputs.kept(held.prediction, outcome.output))
    except outputs.Unkept as error:
        failed = Prediction.Status.FAILED
        return replace(
            outcome, status=failed, output=None, error=str(error), reason="OutputNotKept"
        )


def _timed_out(prediction: Prediction, error: cog.TimedOut) -> Outcome:
    if prediction.deadline_at and prediction.deadline_at <= timezone.now():
        sentence = _("It was not done by the time that it was given.")
        return Outcome(Prediction.Status.CANCELED, error=sentence, reason="DeadlineReached")
    return Outcome(Prediction.Status.FAILED, error=str(error), reason="TimedOut")


def _seconds_left(prediction: Prediction) -> float:
    if prediction.deadline_at is None:
        return settings.PREDICTION_SECONDS
    left = (prediction.deadline_at - timezone.now()).total_seconds()
    return max(0.001, min(left, settings.PREDICTION_SECONDS))


def _ended(held: Held, outcome: Outcome) -> dict[str, Any]:
    if held.prediction.reason == spending.OUT:
        outcome = replace(outcome, error=spending.sentence(), reason=spending.OUT)
    is_over = outcome.status != Prediction.Status.STARTING
    completed_at = timezone.now()
    seconds = float(outcome.metrics.get("predict_time") or 0)
    total = (completed_at - held.prediction.created_at).total_seconds()
    return {
        "status": outcome.status if is_over else Prediction.Status.FAILED,
        "output": outcome.output,
        "error": outputs.storable(outcome.error),
        "reason": outcome.reason,
        "logs": outputs.storable(outcome.logs)[-LOGS_MAX:],
        "metrics": outputs.storable({**outcome.metrics, "total_time": round(total, 6)}),
        "cost": _cost(seconds, held.instance.price_per_second),
        "completed_at": completed_at,
        "keep_until": retention.keep_until(held.prediction, completed_at),
    }


def _cost(seconds: float, price: Decimal) -> Decimal:
    return (Decimal(str(seconds)) * price).quantize(Decimal("1e-9"))


class _Call:
    """A question in a thread of its own. Who waits for it may leave; then the thread ends it."""

    def __init__(self, held: Held) -> None:
        self._held = held
        self._lock = threading.Lock()
        self._is_done = threading.Event()
        self._outcome: Outcome | None = None
        self._is_left = False

    def go(self) -> None:
        try:
            outcome = ask(self._held)
            with self._lock:
                self._outcome = outcome
            self._is_done.set()
            if self._is_left:
                settle(self._held, outcome)
        finally:
            connections.close_all()

    def wait(self, seconds: float) -> Outcome | None:
        let_go()  # a pool's connection is of use to others meanwhile
        if not self._is_done.wait(seconds):
            with self._lock:
                self._is_left = self._outcome is None
        return self._outcome
