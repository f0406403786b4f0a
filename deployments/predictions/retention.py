"""How long the data of a prediction is kept, and that nothing of it is left afterwards.

What the prediction itself says goes before what its deployment says, and that before the
installation's; nobody keeps longer than the installation does.
"""

from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from deployments import files
from deployments.models import Deployment, Prediction, PredictionEvent
from deployments.webhooks import forgetting

log = structlog.get_logger(__name__)

AT_ONCE = 200
NOTHING: dict[str, Any] = {
    "input": {},
    "output": None,
    "logs": "",
    "error": "",
    "is_data_removed": True,
}


def keep_until(prediction: Prediction, ended_at: datetime) -> datetime | None:
    """None: for ever."""
    seconds = _seconds(prediction.keep_seconds, prediction.deployment)
    return ended_at + timedelta(seconds=seconds) if seconds is not None else None


def forget() -> int:
    """Remove what is over its time; how many predictions that were."""
    count = 0
    while ids := _due():
        count += _remove(ids)
    return count


def _seconds(own: int | None, deployment: Deployment | None) -> int | None:
    most = settings.PREDICTIONS_KEPT_SECONDS or None
    theirs = deployment.keep_seconds if deployment else None
    said = theirs if own is None else own
    if said is None:
        return most
    return min(said, most) if most else said


def _due() -> list[str]:
    over = Prediction.objects.filter(is_data_removed=False, keep_until__lte=timezone.now())
    return list(over.order_by("keep_until").values_list("pk", flat=True)[:AT_ONCE])


def _remove(ids: list[str]) -> int:
    """Everything that holds a word of it, in one transaction; the bytes of files follow it."""
    with transaction.atomic():
        rows = Prediction.objects.select_for_update().filter(pk__in=ids, is_data_removed=False)
        removed = list(rows.values_list("pk", flat=True))
        PredictionEvent.objects.filter(prediction__in=removed).delete()
        forgetting.forget_of(removed)
        for prediction in Prediction.objects.filter(pk__in=removed, files__isnull=False).distinct():
            files.delete_of(prediction)
        Prediction.objects.filter(pk__in=removed).update(**NOTHING)
    log.info("data of predictions removed", count=len(removed))
    return len(removed)
