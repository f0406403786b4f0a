"""What the embedder said when it last failed, for /status, whichever process heard it."""

from django.core.cache import cache

KEY = "embedder-trouble"
KEPT = 900  # seconds


def note(sentence: str) -> None:
    cache.set(KEY, sentence, timeout=KEPT)


def last() -> str:
    return str(cache.get(KEY) or "")


def forget() -> None:
    cache.delete(KEY)
