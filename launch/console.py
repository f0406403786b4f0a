"""What the person at the terminal reads. A terminal that went away is not an error."""

import contextlib
import os
import sys

WIDTH = 6  # of the longest part's name


def say(sentence: str) -> None:
    """Slipway itself speaks."""
    _write(sentence)


def show(name: str, line: str) -> None:
    """A part speaks."""
    _write(f"{_faint(f'{name:>{WIDTH}} |')} {line}")


def _faint(text: str) -> str:
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return text
    return f"\033[2m{text}\033[0m"


def _write(line: str) -> None:
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
