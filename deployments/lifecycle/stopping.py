"""Takes instances out of service, lets them finish what they do, and ends them."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from deployments.lifecycle import billing, places
from deployments.lifecycle.work import Work
from deployments.models import Deployment, Instance, Reason, Status

DRAIN = timedelta(seconds=60)  # for predictions that run on an instance which is to go
STOPPED_BY = {Reason.STOPPED_BY_TIME, Reason.STOPPED_BY_BUDGET}


def stop(work: Work) -> None:
    """The step of a deployment that is to be stopped."""
    why = Reason(work.deployment.reason) if work.deployment.reason else None
    reason = why if why in STOPPED_BY else Reason.STOPPED_BY_USER
    seen: dict[str, Any] = {
        "observed_generation": work.deployment.generation,
        "crashes": 0,
        "next_try_at": None,
    }
    if work.living:
        work.move(Status.STOPPING, reason)
        retire_all(work)
    elif work.deployment.status != Status.STOPPED:
        work.move(Status.STOPPING, reason)
        work.move(Status.STOPPED, reason, **seen)
    else:
        work.move(Status.STOPPED, reason, **seen)


def clear(work: Work) -> None:
    """What is left of a deployment that failed."""
    retire_all(work)


def retire_all(work: Work) -> None:
    for instance in work.living:
        retire(work, instance)


def retire(work: Work, instance: Instance) -> None:
    """No new requests from now on."""
    if instance.status in (Instance.Status.STOPPING, Instance.Status.UNHEALTHY):
        return
    work.write(instance, status=Instance.Status.STOPPING, stopping_at=Now())


def retire_if_free(work: Work, instance: Instance) -> bool:
    """Not when a request took a slot of it meanwhile."""
    free = Instance.objects.filter(
        pk=instance.pk,
        slots_taken=0,
        status=instance.status,
        deployment__lease_number=work.lease_number,
    )
    if not free.update(status=Instance.Status.STOPPING, stopping_at=Now()):
        return False
    instance.refresh_from_db()
    work.changes += 1
    return True


def let_go(work: Work, instance: Instance) -> None:
    """Stop it once nothing runs on it; whatever failed is stopped at once."""
    is_busy = instance.status == Instance.Status.STOPPING and instance.slots_taken > 0
    asked_at = instance.stopping_at or work.now
    if is_busy and work.now - asked_at < _drain(work.deployment):
        return
    if places.runtime(instance.runtime).stop(instance.key):
        end(work, instance)


def end(work: Work, instance: Instance) -> None:
    """Its processes are gone, and its memory is free for others."""
    with transaction.atomic():
        billing.bill(work, instance, is_last=True)
        work.write(
            instance, status=Instance.Status.ENDED, ended_at=Now(), slots_taken=0, address=""
        )
        work.note(
            "instance", "Ended", instance=instance.key, release_number=instance.release.number
        )
    work.living.remove(instance)


def _drain(deployment: Deployment) -> timedelta:
    """Whoever stops a deployment does not want to wait for what it does."""
    is_stopped = deployment.wanted == Deployment.Wanted.STOPPED
    return timedelta(seconds=5) if is_stopped else DRAIN
