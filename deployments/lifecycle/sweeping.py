"""Finds every deployment that has something to do: the guarantee behind all doorbells."""

from django.db.models import Q
from django.db.models.functions import Now

from deployments import doorbell
from deployments.models import Deployment, Instance

EXPIRES = 5  # seconds: later sweeps ring again, and a queue that stood still is not to fill up


def sweep() -> None:
    """Ring for each that nobody works on."""
    for pk in due():
        doorbell.ring(doorbell.ADVANCE, pk, expires=EXPIRES)


def due() -> list[int]:
    """One query, on indexes: unsettled ones, and those of which something still runs."""
    has_living = Q(pk__in=Instance.objects.living().values("deployment"))
    is_free = Q(leased_until=None) | Q(leased_until__lt=Now())
    unsettled = Deployment.objects.unsettled().values("pk")
    rows = Deployment.objects.filter(is_free, has_living | Q(pk__in=unsettled))
    return list(rows.order_by("pk").values_list("pk", flat=True))
