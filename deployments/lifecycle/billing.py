"""What instances cost: seconds from start to end, times the price when they were started."""

from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import F

from accounts import budgets
from deployments.leases import LeaseLost
from deployments.lifecycle.work import Work
from deployments.models import Deployment, Instance

EVERY = timedelta(seconds=5)


def bill(work: Work, instance: Instance, *, is_last: bool = False) -> None:
    """Each second is billed once: the row says up to when it was done."""
    begun = instance.billed_until or instance.started_at
    if not instance.price_per_second or (work.now - begun < EVERY and not is_last):
        return
    if work.now <= begun:
        return
    seconds = Decimal((work.now - begun) / timedelta(seconds=1))
    with transaction.atomic():
        unbilled = Instance.objects.filter(
            pk=instance.pk,
            billed_until=instance.billed_until,
            deployment__lease_number=work.lease_number,
        )
        if not unbilled.update(billed_until=work.now):
            raise LeaseLost(f"instance {instance.key}")
        cost = seconds * instance.price_per_second
        Deployment.objects.filter(pk=work.deployment.pk).update(cost=F("cost") + cost)
        if work.has_budgets:
            budgets.charge(work.deployment.charged_token_id, work.deployment.owner_id, cost)
    instance.billed_until = work.now
    work.deployment.refresh_from_db(fields=["cost"])
