"""The worker's sign of life: noted in the cache each time that the scheduler asks for it."""

import time

from django.core.cache import cache

KEY = "worker-heartbeat"
KEPT = 7 * 24 * 3600  # seconds


def note() -> None:
    cache.set(KEY, time.time(), timeout=KEPT)


def seconds_since_worker() -> float | None:
    """None when nothing is known, as after the cache was emptied."""
    noted = cache.get(KEY)
    return None if noted is None else max(0.0, time.time() - float(noted))
