"""Answers kept for a moment in this process: counts and names that every page shows.

Nothing here must be fresh to the second, and each process may be that much behind.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from django.utils.translation import get_language

Answer = TypeVar("Answer")

_kept: dict[tuple[str, str], tuple[float, object]] = {}


def remembered(*, seconds: float) -> Callable[[Callable[[], Answer]], Callable[[], Answer]]:
    """Ask at most once in this many seconds, for each language."""

    def decorate(ask: Callable[[], Answer]) -> Callable[[], Answer]:
        name = f"{ask.__module__}.{ask.__qualname__}"

        @wraps(ask)
        def answer() -> Answer:
            key = (name, get_language() or "")
            until, kept = _kept.get(key, (0.0, None))
            if time.monotonic() < until:
                return kept  # type: ignore[return-value]
            fresh = ask()
            _kept[key] = (time.monotonic() + seconds, fresh)
            return fresh

        return answer

    return decorate


def forget() -> None:
    """Ask again next time."""
    _kept.clear()
