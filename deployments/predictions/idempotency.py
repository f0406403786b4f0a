"""A request that comes twice under one key is one prediction."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from catalog.models import Version
from deployments.models import Deployment, Prediction

from .checking import BadInput

HEADER = "Idempotency-Key"


class KeyReused(BadInput):
    """The key came with another wish before."""

    def __init__(self, prediction: Prediction) -> None:
        sentence = _("This key came with another request before, for %s; use a new key.")
        super().__init__({HEADER: [sentence % prediction.pk]})


def digest(
    version: Version,
    deployment: Deployment | None,
    input: Mapping[str, Any],
    webhook: str,
    webhook_events: Sequence[str],
) -> str:
    """Of what is wished, however its JSON was written."""
    wish = [version.pk, deployment and deployment.pk, input, webhook, list(webhook_events)]
    return hashlib.sha256(json.dumps(wish, sort_keys=True).encode()).hexdigest()


def found(owner: User, key: str, digest: str) -> Prediction | None:
    """What the key was used for before. Raises KeyReused when that was another wish."""
    if not key:
        return None
    rows = Prediction.objects.select_related(
        "owner", "ai_model__publisher", "version__bundle", "deployment__owner"
    )
    earlier = rows.filter(owner=owner, idempotency_key=key).first()
    if earlier and earlier.idempotency_digest != digest:
        raise KeyReused(earlier)
    return earlier
