"""Whose secret signs: each person has one, for all that they have called."""

import structlog
from django.db import transaction
from django.db.models.functions import Now

from accounts import audit
from accounts.models import User
from config import sealing, webhooks
from deployments.models import WebhookKey

log = structlog.get_logger(__name__)


def of(owner: User) -> webhooks.Key:
    row, _is_new = WebhookKey.objects.get_or_create(owner=owner)
    whose, former = f"webhooks of {row.owner_id}", ""
    if row.former_secret or row.former_nonce:
        former = webhooks.told(row.former_secret, whose=whose, nonce=row.former_nonce)
    return webhooks.Key(
        secret=webhooks.told(row.secret, whose=whose, nonce=row.nonce),
        former=former,
        renewed_at=row.renewed_at,
    )


def renew(owner: User) -> webhooks.Key:
    """Another secret; for a day calls are signed with the one before too."""
    former = sealing.seal(of(owner).secret)
    with transaction.atomic():
        WebhookKey.objects.filter(owner=owner).update(
            former_secret=former, secret=webhooks.new_secret(), renewed_at=Now()
        )
        audit.note("webhook_secret.renewed", about=owner)
    log.info("webhook secret renewed", by=owner.pk)
    return of(owner)
