"""What Slipway says when it cannot go on: one sentence that tells what to do, never a traceback."""

import errno
import shutil
from pathlib import Path

NO_SPACE = {errno.ENOSPC, errno.EDQUOT}
NO_SPACE_WORDS = ("no space left on device", "disk quota exceeded", "database or disk is full")


class Refused(Exception):
    """The message is a whole sentence for the person at the terminal."""


def is_about_space(text: str) -> bool:
    """Whether what a program said in the end was that its disk is full."""
    return any(words in text.lower() for words in NO_SPACE_WORDS)


def disk_full(place: Path) -> Refused:
    free = shutil.disk_usage(_existing(place)).free // 2**20
    return Refused(
        f"The disk that holds {place} is full or nearly so ({free} MB free). "
        "Free some space there, or choose another place, and start again."
    )


def cannot_write(place: Path, error: OSError, *, remedy: str) -> Refused:
    if error.errno in NO_SPACE:
        return disk_full(place)
    return Refused(f"{place} cannot be written to ({error.strerror}); {remedy}.")


def _existing(place: Path) -> Path:
    """The place itself, or the nearest folder above it that exists."""
    return next(path for path in (place, *place.parents) if path.exists())
