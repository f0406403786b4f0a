"""The workers' signs of life: noted in the cache each time that the scheduler asks for them."""

import time

from django.core.cache import cache

KEY = "worker-heartbeat"
RUNNER = "runner-heartbeat"  # of the worker that takes deployments, predictions and webhooks
KEPT = 7 * 24 * 3600  # seconds


def note(key: str = KEY) -> None:
    cache.set(key, time.time(), timeout=KEPT)


def seconds_since_worker(key: str = KEY) -> float | None:
    """None when nothing is known, as after the cache was emptied."""
    noted = cache.get(key)
    return None if noted is None else max(0.0, time.time() - float(noted))
