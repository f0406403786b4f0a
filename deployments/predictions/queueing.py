"""Who waits, in which order, and how many may.

The order is fair between owners: a prediction's `turn` is one more than its owner's last waiting
one in that deployment, and never less than the turn that is served now. So who sends a hundred
waits behind themselves, not in front of the others.
"""

from django.conf import settings
from django.db.models import Max, Min, Q
from django.utils.translation import gettext as _

from config.worded import Blank, Question
from deployments.models import Deployment, Instance, Prediction

USUAL_SECONDS = 2.0  # of a prediction, where nothing is known of the last ones
LONGEST_PAUSE = 60
_ONE_THAT_WAITS = Question(
    lambda: (
        Prediction.objects.queued()
        .filter(deployment=Blank("deployment"))
        .order_by()
        .values_list("pk")[:1]
    )
)


class QueueFull(Exception):
    """Nobody, or not this owner, may put more into it; come again after `retry_after` seconds."""

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


def check_room(deployment: Deployment, owner_id: int) -> None:
    """Raises QueueFull."""
    queued = Prediction.objects.queued().filter(deployment=deployment)
    if queued.count() >= settings.QUEUE_MAX:
        sentence = _("%(count)d predictions wait for this deployment; more are not taken now.")
        raise QueueFull(sentence % {"count": settings.QUEUE_MAX}, _pause(deployment))
    if queued.filter(owner=owner_id).count() >= settings.QUEUE_MAX_PER_OWNER:
        sentence = _("%(count)d of your predictions wait for this deployment; wait for some.")
        raise QueueFull(sentence % {"count": settings.QUEUE_MAX_PER_OWNER}, _pause(deployment))


def turn(deployment_id: int, owner_id: int) -> int:
    """For a prediction that begins to wait now."""
    queued = Prediction.objects.queued().filter(deployment=deployment_id)
    found = queued.aggregate(now=Min("turn"), last=Max("turn", filter=Q(owner=owner_id)))
    behind_oneself = -1 if found["last"] is None else found["last"]
    return int(max(found["now"] or 0, behind_oneself + 1))


def is_empty(deployment_id: int) -> bool:
    return not _ONE_THAT_WAITS.rows(deployment=deployment_id)


def position(prediction: Prediction) -> int | None:
    """1 for the next one; None for what does not wait."""
    if prediction.status != Prediction.Status.STARTING or prediction.instance_id is not None:
        return None
    earlier = Q(turn__lt=prediction.turn) | Q(
        turn=prediction.turn, created_at__lt=prediction.created_at
    )
    queued = Prediction.objects.queued().filter(earlier, deployment=prediction.deployment_id)
    return queued.count() + 1


def usual_seconds(deployment: Deployment) -> float:
    """That a prediction takes there, by the last ones."""
    recent = Prediction.objects.filter(
        deployment=deployment, status=Prediction.Status.SUCCEEDED
    ).order_by("-created_at")[:20]
    times = [one.metrics.get("predict_time") for one in recent.only("metrics")]
    known = [float(seconds) for seconds in times if isinstance(seconds, int | float)]
    return sum(known) / len(known) if known else USUAL_SECONDS


def _pause(deployment: Deployment) -> int:
    """Seconds until about a tenth of the queue is done, by the last predictions' times."""
    slots = sum(
        Instance.objects.ready().filter(deployment=deployment).values_list("slots", flat=True)
    )
    each = usual_seconds(deployment)
    return max(
        1, min(LONGEST_PAUSE, round(each * settings.QUEUE_MAX_PER_OWNER / 10 / max(1, slots)))
    )
