"""Removes what lies on disk and nobody needs: environments, files of deleted versions, left-overs.

A folder is moved aside before it is deleted, so that nobody meets half of one.
"""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import structlog
from django.conf import settings
from django.db.models import Q, Sum
from django.db.models.functions import Now
from django.utils import timezone

from deployments.bundles import environments, keeping
from deployments.models import Bundle, Environment, Instance

log = structlog.get_logger(__name__)

YOUNG = timedelta(hours=1)  # somebody may be about to use it
ABANDONED = timedelta(days=1)  # no push takes so long


def clean() -> int:
    """Returns how many folders went. An environment that is needed again is built again."""
    _note_use()
    gone = [
        *(one.key for one in _needed_by_none() if environments.remove_unused(one)),
        *(one.key for one in _long_unused() if environments.empty(one)),
        *(one.key for one in _over_the_limit() if environments.empty(one)),
        *_left_over(environments.place(), _known_environments()),
        *_left_over(keeping.place(), _known_bundles()),
    ]
    if gone:
        log.info("bundles cleaned", folders=len(gone))
    return len(gone)


def _note_use() -> None:
    """Instances run for days in an environment that was asked for once."""
    living = Instance.objects.living().values("release__version__bundle__environment")
    Environment.objects.filter(pk__in=living).update(last_used_at=Now())


def _needed_by_none() -> list[Environment]:
    return list(Environment.objects.filter(_unused_for(YOUNG), bundles=None))


def _long_unused() -> list[Environment]:
    kept = timedelta(days=settings.ENVIRONMENTS_KEPT_DAYS)
    ready = Environment.objects.filter(status=Environment.Status.READY)
    return list(ready.filter(_unused_for(kept)))


def _over_the_limit() -> Iterator[Environment]:
    """The longest unused first, until the others fit."""
    ready = Environment.objects.filter(status=Environment.Status.READY)
    taken = ready.aggregate(all=Sum("size"))["all"] or 0
    for environment in ready.filter(_unused_for(YOUNG)).order_by("last_used_at"):
        if taken <= settings.ENVIRONMENTS_SIZE_MAX:
            return
        taken -= environment.size or 0
        yield environment


def _unused_for(length: timedelta) -> Q:
    then = timezone.now() - length
    return Q(last_used_at__lt=then) | Q(last_used_at=None, created_at__lt=then)


def _known_environments() -> set[str]:
    return set(Environment.objects.values_list("key", flat=True))


def _known_bundles() -> set[str]:
    return set(Bundle.objects.values_list("digest", flat=True))


def _left_over(place: Path, known: set[str]) -> Iterator[str]:
    """Folders without a row: of deleted versions, and of what was cut off."""
    for path in place.iterdir() if place.is_dir() else []:
        least = ABANDONED if path.name.startswith(keeping.DRAFT) else YOUNG
        if path.name in known or not path.is_dir() or not _is_older(path, least):
            continue
        if not _has_row(path.name):  # none came since we looked
            keeping.discard(path)
            yield path.name


def _is_older(path: Path, least: timedelta) -> bool:
    try:
        return time.time() - path.stat().st_mtime > least.total_seconds()
    except FileNotFoundError:
        return False


def _has_row(name: str) -> bool:
    return (
        Bundle.objects.filter(digest=name).exists() or Environment.objects.filter(key=name).exists()
    )
