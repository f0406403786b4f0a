"""What the embedder said when it last failed, for /status, whichever process heard it."""

from contextlib import suppress

from django.core.cache import cache
from django.db import DatabaseError
from redis.exceptions import RedisError

KEY = "embedder-trouble"
KEPT = 900  # seconds


def note(sentence: str) -> None:
    """Never an error itself: a search that does without the embedder does without this, too."""
    with suppress(DatabaseError, RedisError):
        cache.set(KEY, sentence, timeout=KEPT)


def last() -> str:
    return str(cache.get(KEY) or "")


def forget() -> None:
    with suppress(DatabaseError, RedisError):
        cache.delete(KEY)
