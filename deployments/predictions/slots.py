"""Places at ready instances: taken and given back by one conditional update each."""

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from config.worded import Blank, Change, Question
from deployments.models import Instance, Prediction

NEEDED = ("key", "address", "price_per_second", "release", "deployment")
_FREE = Question(
    lambda: (
        Instance.objects.with_free_slot()
        .filter(deployment=Blank("deployment"), release=F("deployment__release_serving"))
        .only(*NEEDED)
        .order_by("slots_taken", "pk")[:8]
    )
)
_TAKE = Change(
    lambda: Instance.objects.with_free_slot().filter(pk=Blank("id")),
    slots_taken=F("slots_taken") + 1,
    used_at=Now(),
)
_GIVE_BACK = Change(
    lambda: Instance.objects.filter(pk=Blank("id"), slots_taken__gt=0),
    slots_taken=F("slots_taken") - 1,
    used_at=Now(),
)


def take(deployment_id: int) -> Instance | None:
    """A place at the least busy instance of the serving release.

    To be called in the transaction that writes the row which holds the place from then on.
    """
    for instance in _FREE.all(deployment=deployment_id):
        if _TAKE(id=instance.pk):
            return instance
    return None


def give_back(instance_id: int) -> None:
    """Nothing happens at an instance that was counted anew meanwhile."""
    _GIVE_BACK(id=instance_id)


def doubt(instance: Instance) -> None:
    """It did not answer: nobody takes it until somebody has looked at it."""
    ready = Instance.objects.ready().filter(pk=instance.pk)
    ready.update(status=Instance.Status.STARTING, started_at=Now())


def count_anew(instance_id: int) -> bool:
    """As the rows say; True when it was counted wrong, as after a process that was killed."""
    with transaction.atomic():
        # Whoever takes or gives back a place waits, so that row and count are of one moment.
        instance = Instance.objects.select_for_update().filter(pk=instance_id).first()
        if instance is None:
            return False
        held = Prediction.objects.running().filter(instance=instance_id).count()
        right = min(held, instance.slots)
        if instance.slots_taken == right:
            return False
        Instance.objects.filter(pk=instance_id).update(slots_taken=right)
    return True
