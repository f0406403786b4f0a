"""What should be told of a prediction, written down with it; sending comes after."""

import threading
import time

from config.api.bodies import FastJSONRenderer
from deployments import predictions
from deployments.models import Delivery, Prediction

from . import making

EVENTS = ("start", "output", "logs", "completed")
REPEATED = ("output", "logs")
SECONDS_BETWEEN = 0.5  # of two that tell of output, or of logs
LOCK = threading.Lock()
_told_at: dict[tuple[str, str], float] = {}
MOST_REMEMBERED = 10_000


def note(prediction: Prediction, event: str) -> None:
    """Make a row of it in the caller's transaction, if its webhook wants to hear of this.

    Its body is what GET /v1/predictions/{id} answers now.
    """
    if not _is_wanted(prediction, event) or _is_too_soon(prediction, event):
        return
    if event in REPEATED:
        _drop_what_this_holds(prediction, event)
    elif prediction.deliveries.filter(event=event).exists():
        return  # one that went back into the queue begins again
    body = FastJSONRenderer().render(predictions.shape(prediction)).decode()
    making.make(prediction.owner, prediction.webhook, event=event, body=body, prediction=prediction)


def _is_wanted(prediction: Prediction, event: str) -> bool:
    wanted = prediction.webhook_events or EVENTS
    return bool(prediction.webhook) and event in wanted


def _is_too_soon(prediction: Prediction, event: str) -> bool:
    """One process runs a prediction, so its memory is enough; `completed` always comes."""
    if event not in REPEATED:
        return False
    key, now = (prediction.pk, event), _now()
    with LOCK:
        if now - _told_at.get(key, -SECONDS_BETWEEN) < SECONDS_BETWEEN:
            return True
        if len(_told_at) >= MOST_REMEMBERED:
            _told_at.clear()
        _told_at[key] = now
    return False


def _now() -> float:
    return time.monotonic()


def _drop_what_this_holds(prediction: Prediction, event: str) -> None:
    """Each holds all that was said so far, so the next tells what nobody tried to send yet."""
    untried = prediction.deliveries.filter(event=event, tries=0, status=Delivery.Status.WAITING)
    untried.delete()
