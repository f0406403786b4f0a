"""Ends a deployment at its time or at its budget."""

from django.db import transaction
from django.db.models import F

from deployments.lifecycle.work import Work
from deployments.models import Deployment, Reason, Status


def keep(work: Work) -> None:
    reason = _reached(work.deployment, work)
    if reason is None or work.deployment.wanted == Deployment.Wanted.STOPPED:
        return
    with transaction.atomic():
        work.set(wanted=Deployment.Wanted.STOPPED, generation=F("generation") + 1)
        work.move(Status.STOPPING, reason)


def _reached(deployment: Deployment, work: Work) -> Reason | None:
    if deployment.stop_at and deployment.stop_at <= work.now:
        return Reason.STOPPED_BY_TIME
    if deployment.budget is not None and deployment.cost >= deployment.budget:
        return Reason.STOPPED_BY_BUDGET
    return None
