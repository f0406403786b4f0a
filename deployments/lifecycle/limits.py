"""Ends a deployment at its time, or at a budget: its own, its owner's, or its token's."""

from django.db import transaction
from django.db.models import F

from accounts import budgets
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
    if work.has_budgets and budgets.is_money_out(deployment.charged_token_id, deployment.owner_id):
        return Reason.STOPPED_BY_BUDGET
    return None
