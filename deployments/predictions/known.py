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
class Place:
    """The hardware of a release, as a prediction notes it."""

    sku: str
    currency: str


_versions: TTLCache[int, Version] = TTLCache(maxsize=256, ttl=SECONDS)
_places: TTLCache[int, Place] = TTLCache(maxsize=256, ttl=SECONDS)


@cached(_versions, lock=threading.Lock())
def version(pk: int) -> Version:
    """With its bundle, its model and its publisher."""
    rows = Version.objects.select_related("bundle", "ai_model__publisher")
    return rows.get(pk=pk)


@cached(_places, lock=threading.Lock())
def place(release_id: int) -> Place:
    sku, currency = Release.objects.values_list("hardware__sku", "hardware__currency").get(
        pk=release_id
    )
    return Place(sku, currency)


def forget() -> None:
    """For tests: their rows come and go."""
    _versions.clear()
    _places.clear()
