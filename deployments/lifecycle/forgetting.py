"""Deletes the folders of instances that are over: kept for a week, twenty of each deployment."""

import shutil
from datetime import timedelta

from django.conf import settings
from django.db.models import F, Window
from django.db.models.functions import Now, RowNumber

from deployments.models import Instance

KEPT = timedelta(days=7)
MOST = 20  # of one deployment


def forget_instances() -> int:
    """How many were deleted, rows and folders."""
    place = settings.VAR_DIR / "instances"
    count = 0
    for pk, key in _old():
        shutil.rmtree(place / key, ignore_errors=True)
        if not (place / key).exists():
            count += Instance.objects.filter(pk=pk, status=Instance.Status.ENDED).delete()[0]
    return count


def _old() -> list[tuple[int, str]]:
    """The row goes as well: nobody can look into it any more."""
    ended = Instance.objects.filter(status=Instance.Status.ENDED)
    place = Window(RowNumber(), partition_by=F("deployment"), order_by=F("pk").desc())
    too_many = ended.annotate(place=place).filter(place__gt=MOST)
    too_old = ended.filter(ended_at__lt=Now() - KEPT)
    found = {*too_old.values_list("pk", "key"), *too_many.values_list("pk", "key")}
    return sorted(found)
