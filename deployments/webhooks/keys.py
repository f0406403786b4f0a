"""Whose secret signs: each person has one, for all that they have called."""

import structlog
from django.db.models import F
from django.db.models.functions import Now

from accounts.models import User
from config import webhooks
from deployments.models import WebhookKey
from deployments.models.webhooks import new_nonce

log = structlog.get_logger(__name__)


def of(owner: User) -> webhooks.Key:
    row, _is_new = WebhookKey.objects.get_or_create(owner=owner)
    return webhooks.Key(
        whose=f"webhooks of {row.owner_id}",
        nonce=row.nonce,
        former_nonce=row.former_nonce,
        renewed_at=row.renewed_at,
    )


def renew(owner: User) -> webhooks.Key:
    """Another secret; for a day calls are signed with the one before too."""
    WebhookKey.objects.get_or_create(owner=owner)
    WebhookKey.objects.filter(owner=owner).update(
        former_nonce=F("nonce"), nonce=new_nonce(), renewed_at=Now()
    )
    log.info("webhook secret renewed", by=owner.pk)
    return of(owner)
