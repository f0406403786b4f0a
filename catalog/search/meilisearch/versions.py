"""Whether the engine is one that this code knows how to ask."""

import re
import time
from collections.abc import Callable
from typing import Any

from catalog.search.errors import Cause, Unavailable

LEAST = (1, 21)
SECONDS = 10.0  # An engine may be replaced while we run.

_fine_until = 0.0


def check(ask: Callable[[], dict[str, Any]]) -> None:
    """Raises Unavailable for an older engine; a key that may not ask for it tells nothing."""
    global _fine_until  # noqa: PLW0603 one memory a process is the point
    if time.monotonic() < _fine_until:
        return
    try:
        told = str(ask().get("pkgVersion", ""))
    except Unavailable as error:
        if error.cause is not Cause.KEY:
            raise
    else:
        _check(told)
    _fine_until = time.monotonic() + SECONDS


def forget() -> None:
    """Ask again with the next search."""
    global _fine_until  # noqa: PLW0603
    _fine_until = 0.0


def _check(told: str) -> None:
    found = re.match(r"(\d+)\.(\d+)", told)
    if found and tuple(map(int, found.groups())) >= LEAST:
        return
    least = ".".join(map(str, LEAST))
    raise Unavailable(
        f"This is Meilisearch {told or 'of an unknown version'}; Slipway needs {least} or newer.",
        Cause.VERSION,
    )
