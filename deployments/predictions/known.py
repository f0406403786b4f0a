"""What never changes, or hardly: kept in the process, because reading it takes longer than a model.

Objects are shared between threads: nobody writes to them.
"""

import threading
from dataclasses import dataclass

from cachetools import TTLCache, cached

from catalog.models import Version
from deployments.models import Release

SECONDS = 10.0  # a model that was renamed is shown under its old name for so long


@dataclass(frozen=True)
class Known:
    """What a release answers with, and its hardware as a prediction notes it."""

    version_id: int
    sku: str
    currency: str


_versions: TTLCache[int, Version] = TTLCache(maxsize=256, ttl=SECONDS)
_releases: TTLCache[int, Known] = TTLCache(maxsize=256, ttl=SECONDS)


@cached(_versions, lock=threading.Lock())
def version(pk: int) -> Version:
    """With its bundle, its model and its publisher."""
    rows = Version.objects.select_related("bundle", "ai_model__publisher")
    return rows.get(pk=pk)


@cached(_releases, lock=threading.Lock())
def release(release_id: int) -> Known:
    rows = Release.objects.values_list("version_id", "hardware__sku", "hardware__currency")
    return Known(*rows.get(pk=release_id))


def forget() -> None:
    """For tests: their rows come and go."""
    _versions.clear()
    _releases.clear()
