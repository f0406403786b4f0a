"""What the beat makes good each second: leases that ran out, times that are over, lost rings."""

import structlog
from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from deployments import actions as lifecycle
from deployments import doorbell
from deployments.models import Deployment, Instance, Prediction, Status

from . import retention, running, slots

log = structlog.get_logger(__name__)

MOST = 200  # rows of a kind in one sweep: there is another in a second
RING_SECONDS = 5.0


def sweep() -> None:
    """Each part finds only what nobody else has done yet, so two at once do no harm."""
    _take_back_what_nobody_runs()
    _end_what_is_too_late()
    _end_what_nobody_serves()
    _count_slots_anew()
    _ring()


def _take_back_what_nobody_runs() -> None:
    """Whoever ran it is gone. It runs again, unless something of it was told already."""
    lost = Prediction.objects.running().filter(leased_until__lt=Now()).select_related("deployment")
    for prediction in lost[:MOST]:
        may_run_again = not prediction.event_count and prediction.attempts < running.MOST_ATTEMPTS
        rows = Prediction.objects.running().filter(
            pk=prediction.pk, lease_owner=prediction.lease_owner, leased_until__lt=Now()
        )
        if may_run_again:
            waiting = {"status": Prediction.Status.STARTING, "started_at": None}
            rows.update(instance=None, lease_owner="", leased_until=None, **waiting)
        else:
            sentence = _("Whoever ran it was interrupted. Ask again.")
            _end(rows, prediction, Prediction.Status.FAILED, "Interrupted", sentence)
        if prediction.instance_id:
            slots.count_anew(prediction.instance_id)
        log.info("lease ran out", prediction=prediction.pk, runs_again=may_run_again)


def _end_what_is_too_late() -> None:
    late = Prediction.objects.queued().filter(deadline_at__lte=Now())
    for prediction in late[:MOST]:
        rows = Prediction.objects.queued().filter(pk=prediction.pk)
        sentence = _("It had not begun by the time that it was given.")
        _end(rows, prediction, Prediction.Status.ABORTED, "DeadlineReached", sentence)


def _end_what_nobody_serves() -> None:
    """Their deployment was stopped, or has failed."""
    is_closed = Q(deployment=None) | Q(deployment__deleted_at__isnull=False)
    is_closed |= Q(deployment__wanted=Deployment.Wanted.STOPPED)
    is_closed |= Q(
        deployment__status=Status.FAILED,
        deployment__observed_generation=F("deployment__generation"),
    )
    closed = Prediction.objects.queued().filter(is_closed).select_related("deployment")
    for prediction in closed[:MOST]:
        deployment = prediction.deployment
        is_failed = deployment is not None and deployment.status == Status.FAILED
        reason = "DeploymentFailed" if is_failed else "DeploymentStopped"
        sentence = _("The deployment was stopped before it began.")
        if deployment is not None and is_failed:
            sentence = _("The deployment failed (%(reason)s). %(detail)s") % {
                "reason": deployment.reason,
                "detail": deployment.detail[-1000:],
            }
        rows = Prediction.objects.queued().filter(pk=prediction.pk)
        _end(rows, prediction, Prediction.Status.FAILED, reason, sentence.strip())


def _count_slots_anew() -> None:
    """A process that was killed gave nothing back."""
    held = Count("predictions", filter=Q(predictions__status=Prediction.Status.PROCESSING))
    living = Instance.objects.living().annotate(held=held)
    for pk in living.exclude(held=F("slots_taken")).values_list("pk", flat=True)[:MOST]:
        slots.count_anew(pk)


def _ring() -> None:
    """For each queue that has a slot, and for each deployment that sleeps while somebody waits."""
    waiting = Prediction.objects.queued().order_by().values("deployment")
    for deployment in Deployment.objects.filter(pk__in=waiting).order_by("pk"):
        if deployment.status == Status.SCALED_TO_ZERO:
            lifecycle.wake(deployment)
        elif Instance.objects.with_free_slot().filter(deployment=deployment).exists():
            doorbell.ring(doorbell.PREDICT, deployment.pk, expires=RING_SECONDS)


def _end(
    rows: QuerySet[Prediction],
    prediction: Prediction,
    status: Prediction.Status,
    reason: str,
    sentence: str,
) -> None:
    with transaction.atomic():
        now = timezone.now()
        ended = {"status": status, "reason": reason, "error": sentence, "completed_at": now}
        ended["keep_until"] = retention.keep_until(prediction, now)
        if rows.update(lease_owner="", leased_until=None, **ended):
            prediction.refresh_from_db()
            running.note_end(prediction)
