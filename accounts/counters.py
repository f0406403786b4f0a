"""Where requests are counted: in this process, or in the Redis that several processes share."""

import threading
import time
from collections import defaultdict
from functools import lru_cache
from typing import Protocol

import redis
import structlog
from django.conf import settings
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

log = structlog.get_logger(__name__)

MOST_KEYS = 200_000  # of one window; who comes after them is not counted
PATIENCE = 1.0  # seconds for Redis, which on a busy machine may need some tenths
PAUSE = 5.0  # seconds without asking it, once it did not answer
COUNT = """
local used = redis.call('INCR', KEYS[1])
if used == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return {used, redis.call('TTL', KEYS[1])}
"""

Found = tuple[int, int]  # how many in this window, this one too, and seconds until it ends


class Counter(Protocol):
    def count(self, key: str, seconds: int) -> Found | None:
        """None: it cannot be counted, and the request passes."""


class InMemory:
    """All keys share the windows of a length, so that a window's end empties one dictionary."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._windows: dict[int, tuple[int, defaultdict[str, int]]] = {}

    def count(self, key: str, seconds: int) -> Found | None:
        now = int(time.time())
        number, reset_in = now // seconds, seconds - now % seconds
        with self._lock:
            begun, counts = self._windows.get(seconds, (-1, defaultdict(int)))
            if begun != number:
                counts = defaultdict(int)
                self._windows[seconds] = (number, counts)
            if len(counts) >= MOST_KEYS and key not in counts:
                return None
            counts[key] += 1
            return counts[key], reset_in


class InRedis:
    """One round trip each; while Redis is away each process counts for itself."""

    def __init__(self, url: str) -> None:
        self._redis = redis.Redis.from_url(
            url,
            socket_timeout=PATIENCE,
            socket_connect_timeout=PATIENCE,
            retry=Retry(NoBackoff(), 0),
        )
        self._away_until = 0.0
        self._meanwhile = InMemory()

    def count(self, key: str, seconds: int) -> Found | None:
        if time.monotonic() < self._away_until:
            return self._meanwhile.count(key, seconds)
        try:
            used, reset_in = self._redis.eval(COUNT, 1, f"slipway:rate:{key}", seconds)
        except (RedisError, OSError) as error:
            self._away_until = time.monotonic() + PAUSE
            log.warning("requests are counted by process: Redis does not answer", error=str(error))
            return self._meanwhile.count(key, seconds)
        return int(used), max(1, int(reset_in))


@lru_cache(maxsize=1)
def chosen() -> Counter:
    """Redis where there is one for all processes; one process alone needs none."""
    return InRedis(settings.RATES_URL) if settings.RATES_URL else InMemory()
