"""Who runs a prediction: a slot and a lease, taken together with the row.

A lease ends by the database's clock unless it is renewed. Its name is new each time, so that
whoever lost one writes nothing any more.
"""

import secrets
import socket
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from config.worded import Blank, Insert
from deployments.leases import in_time
from deployments.models import Instance, Prediction
from deployments.webhooks import noting

from . import known, queueing, slots

LEASE_SECONDS = 20.0
HOST = socket.gethostname()[:40]
KNOWN = ("owner", "ai_model__publisher", "version__bundle", "deployment__owner")
_INSERT = Insert(Prediction, leased_until=in_time(LEASE_SECONDS))


@dataclass(frozen=True)
class Held:
    """A prediction that holds a slot, and the lease under which its end is written."""

    prediction: Prediction
    instance: Instance
    lease: str

    def row(self) -> QuerySet[Prediction]:
        """Empty once the lease was lost."""
        return held(self.prediction.pk, self.lease)


def held(id: str | Blank, lease: str | Blank) -> QuerySet[Prediction]:
    return Prediction.objects.running().filter(pk=id, lease_owner=lease)


def at_once(prediction: Prediction) -> Held | None:
    """Insert the row with a slot, when one is free and nobody waits; else nothing is written."""
    with transaction.atomic():
        if not queueing.is_empty(_deployment_of(prediction)):
            return None
        instance = slots.take(_deployment_of(prediction))
        if instance is None:
            return None
        lease = _new_lease()
        for name, value in _begun(instance, lease).items():
            setattr(prediction, name, value)
        _INSERT(prediction)
        noting.note(prediction, "start")
    return Held(prediction, instance, lease)


def next_in(deployment_id: int) -> Held | None:
    """Whose turn it is, when there is a slot for it."""
    in_time = Q(deadline_at=None) | Q(deadline_at__gt=Now())
    with transaction.atomic():
        queued = Prediction.objects.queued().filter(in_time, deployment=deployment_id)
        prediction = queued.select_for_update(skip_locked=True).first()
        if prediction is None:
            return None
        instance = slots.take(deployment_id)
        if instance is None:
            return None
        lease = _new_lease()
        begun = _begun(instance, lease)
        begun["attempts"] = F("attempts") + 1
        Prediction.objects.filter(pk=prediction.pk).update(**begun)
        prediction = Prediction.objects.select_related(*KNOWN).get(pk=prediction.pk)
        noting.note(prediction, "start")
    return Held(prediction, instance, lease)


def give_up(held: Held) -> bool:
    """Back into the queue, where it keeps its turn."""
    with transaction.atomic():
        waiting = {"status": Prediction.Status.STARTING, "instance": None, "started_at": None}
        if not held.row().update(lease_owner="", leased_until=None, **waiting):
            return False
        slots.give_back(held.instance.pk)
    return True


def renew(leases: list[str]) -> None:
    rows = Prediction.objects.running().filter(lease_owner__in=leases)
    rows.update(leased_until=in_time(LEASE_SECONDS))


def _begun(instance: Instance, lease: str) -> dict[str, Any]:
    release = known.release(instance.release_id)
    return {
        "status": Prediction.Status.PROCESSING,
        "instance": instance,
        "hardware": release.sku,
        "currency": release.currency,
        "started_at": timezone.now(),
        "lease_owner": lease,
        "leased_until": in_time(LEASE_SECONDS),
        "attempts": 1,
    }


def _new_lease() -> str:
    return f"{HOST}:{secrets.token_hex(8)}"


def _deployment_of(prediction: Prediction) -> int:
    assert prediction.deployment_id is not None  # noqa: S101 - only what has one is run
    return prediction.deployment_id
