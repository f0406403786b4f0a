"""Remembers for a moment that the engine is unavailable, so that not every search asks it."""

import time
from threading import Lock

import structlog

from catalog.search.errors import Cause, Unavailable

log = structlog.get_logger(__name__)

SECONDS = 2.0

_lock = Lock()
_open_until = 0.0
_cause = Cause.BROKEN


def is_open() -> bool:
    """Whether to spare the engine. Once in a while one search, and only one, goes and looks."""
    global _open_until  # noqa: PLW0603 one memory a process is the point
    with _lock:
        now = time.monotonic()
        if now < _open_until:
            return True
        if _open_until:
            _open_until = now + SECONDS
        return False


def open_for(reason: Unavailable) -> None:
    global _open_until, _cause  # noqa: PLW0603
    with _lock:
        if not _open_until:
            log.warning("the database answers searches instead of the index", reason=str(reason))
        _open_until = time.monotonic() + SECONDS
        _cause = reason.cause


def close() -> None:
    """The engine answered."""
    global _open_until  # noqa: PLW0603
    if not _open_until:
        return
    with _lock:
        log.info("the index answers searches again")
        _open_until = 0.0


def cause() -> Cause | None:
    """Why the engine is spared; None while it is not."""
    return _cause if _open_until else None
