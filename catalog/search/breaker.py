"""Remembers for a moment that the engine is unavailable, so that not every search asks it."""

import time

import structlog

log = structlog.get_logger(__name__)

SECONDS = 2.0

_open_until = 0.0


def is_open() -> bool:
    return time.monotonic() < _open_until


def open_for(reason: Exception) -> None:
    global _open_until  # noqa: PLW0603 one memory a process is the point
    if not _open_until:
        log.warning("the database answers searches instead of the index", reason=str(reason))
    _open_until = time.monotonic() + SECONDS


def close() -> None:
    """The engine answered."""
    global _open_until  # noqa: PLW0603
    if _open_until:
        log.info("the index answers searches again")
    _open_until = 0.0
