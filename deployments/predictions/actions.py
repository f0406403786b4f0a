"""What people may do with predictions: ask for one, and take it back."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from catalog.models import Version
from deployments import actions as lifecycle
from deployments import cog, doorbell
from deployments.models import Deployment, Prediction, Status

from . import checking, claims, queueing, running, serving, streams, watching


def create(
    user: User,
    *,
    version: Version,
    deployment: Deployment | None = None,
    input: Mapping[str, Any],
    source: Prediction.Source = Prediction.Source.API,
    webhook: str = "",
    webhook_events: Sequence[str] = (),
    is_stream: bool = False,
    wait_seconds: float = 0,
    cancel_after: float | None = None,
) -> Prediction:
    """Ask; with `wait_seconds` it is done on return, or still on its way when they were over.

    Raises BadInput, NotServed or QueueFull; then there is no prediction.
    """
    checking.check(version, input)
    deployment = deployment or serving.deployment_for(user, version)
    serving.check_open(deployment)
    prediction = Prediction(
        owner=user,
        ai_model=version.ai_model,
        version=version,
        deployment=deployment,
        source=source,
        input=dict(input),
        webhook=webhook,
        webhook_events=list(webhook_events),
        is_stream=is_stream,
        deadline_at=timezone.now() + timedelta(seconds=cancel_after) if cancel_after else None,
    )
    held = claims.at_once(prediction) if wait_seconds else None
    if held:
        running.run_at_once(held, wait_seconds)
        return prediction
    _queue(prediction, deployment)
    with streams.seat() as has_room:
        if wait_seconds and has_room and watching.wait(prediction.pk, wait_seconds):
            prediction.refresh_from_db()
    return prediction


def cancel(prediction: Prediction) -> Prediction:
    """As it is now: one that runs ends a moment later, one that is over stays as it is."""
    waiting = Prediction.objects.queued().filter(pk=prediction.pk)
    with transaction.atomic():
        now = timezone.now()
        if waiting.update(status=Prediction.Status.CANCELED, completed_at=now):
            prediction.refresh_from_db()
            running.note_end(prediction)
            return prediction
    running_now = Prediction.objects.running().filter(pk=prediction.pk)
    if running_now.update(cancel_asked_at=timezone.now()):
        _stop(prediction)
    prediction.refresh_from_db()
    return prediction


def _queue(prediction: Prediction, deployment: Deployment) -> None:
    queueing.check_room(deployment, prediction.owner_id)
    with transaction.atomic():
        prediction.turn = queueing.turn(deployment.pk, prediction.owner_id)
        prediction.save(force_insert=True)
        doorbell.ring(doorbell.PREDICT, deployment.pk)
    if deployment.status == Status.SCALED_TO_ZERO:
        lifecycle.wake(deployment)


def _stop(prediction: Prediction) -> None:
    """Now; when the model was not asked yet, whoever runs it repeats this within a second."""
    prediction.refresh_from_db(fields=["instance"])
    if prediction.instance and prediction.instance.address:
        with suppress(cog.Gone):
            cog.cancel(prediction.instance.address, prediction.pk)
