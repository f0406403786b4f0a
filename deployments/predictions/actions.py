"""What people may do with predictions: ask for one, and take it back."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import reach
from accounts.models import User
from catalog.models import Version
from deployments import actions as lifecycle
from deployments import cog, doorbell
from deployments.models import Deployment, Prediction, Status

from . import (
    checking,
    claims,
    idempotency,
    inputs,
    queueing,
    retention,
    running,
    serving,
    spending,
    streams,
    watching,
)


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
    keep_seconds: int | None = None,
    idempotency_key: str = "",
) -> Prediction:
    """Ask; with `wait_seconds` it is done on return, or still on its way when they were over.

    It belongs to the deployment's owner, without one to whom the user acts for. The same key and
    wish again is the same prediction. Raises BadInput, KeyReused, NotServed, QueueFull,
    LimitReached or PermissionDenied; then there is no prediction.
    """
    owner = deployment.owner if deployment else reach.acting_owner(user)
    reach.require(user, owner)
    serving.check_within(user, deployment)
    digest = idempotency.digest(version, deployment, input, webhook, webhook_events)
    if earlier := idempotency.found(owner, idempotency_key, digest):
        return _waited_for(earlier, wait_seconds)
    checking.check(version, input)
    inputs.check(version.openapi_schema, input, user)
    try:
        with spending.counted(user.token, owner):
            deployment = deployment or serving.deployment_for(owner, version)
            serving.check_open(deployment)
            prediction = Prediction(
                owner=owner,
                created_by=None if owner == user else user,
                ai_model=version.ai_model,
                version=version,
                deployment=deployment,
                source=source,
                input=dict(input),
                webhook=webhook,
                webhook_events=list(webhook_events),
                is_stream=is_stream,
                deadline_at=_deadline(cancel_after),
                keep_seconds=keep_seconds,
                idempotency_key=idempotency_key,
                idempotency_digest=digest if idempotency_key else "",
            )
            with spending.reserved(prediction, user.token):
                return _begun(prediction, deployment, wait_seconds)
    except IntegrityError:
        if earlier := idempotency.found(owner, idempotency_key, digest):
            return _waited_for(earlier, wait_seconds)
        raise


def _deadline(seconds: float | None) -> datetime | None:
    return timezone.now() + timedelta(seconds=seconds) if seconds else None


def _begun(prediction: Prediction, deployment: Deployment, wait_seconds: float) -> Prediction:
    held = claims.at_once(prediction) if wait_seconds else None
    if held:
        running.run_at_once(held, wait_seconds)
        return prediction
    _queue(prediction, deployment)
    return _waited_for(prediction, wait_seconds)


def _waited_for(prediction: Prediction, wait_seconds: float) -> Prediction:
    if prediction.is_finished or not wait_seconds:
        return prediction
    with streams.seat() as has_room:
        if has_room and watching.wait(prediction.pk, wait_seconds):
            prediction.refresh_from_db()
    return prediction


def cancel(prediction: Prediction) -> Prediction:
    """As it is now: one that runs ends a moment later, one that is over stays as it is."""
    waiting = Prediction.objects.queued().filter(pk=prediction.pk)
    with transaction.atomic():
        now = timezone.now()
        keep_until = retention.keep_until(prediction, now)
        canceled = Prediction.Status.CANCELED
        if waiting.update(status=canceled, completed_at=now, keep_until=keep_until):
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
