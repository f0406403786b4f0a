"""What is not kept: deliveries after a month, and bodies as soon as their prediction's data is."""

from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone

from deployments.models import Attempt, Delivery

KEPT = timedelta(days=30)
AT_ONCE = 1000


def forget() -> int:
    """Delete old deliveries that are settled; returns how many."""
    old = Delivery.objects.exclude(status=Delivery.Status.WAITING)
    old = old.filter(created_at__lt=timezone.now() - KEPT)
    count = 0
    while ids := list(old.values_list("pk", flat=True)[:AT_ONCE]):
        Delivery.objects.filter(pk__in=ids).delete()
        count += len(ids)
    return count


def forget_of(predictions: Iterable[str]) -> None:
    """Of these no input and no output may be left: bodies go, and what waits is not sent.

    The answers' texts go too: a receiver may say back what it was told.
    """
    theirs = Delivery.objects.filter(prediction__in=list(predictions))
    theirs.waiting().update(status=Delivery.Status.FAILED, problem="data-removed")
    Attempt.objects.filter(delivery__in=theirs).update(text="")
    theirs.update(body="")
