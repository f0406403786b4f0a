"""Collects, hashes and compresses the static files, unless they are what they were."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

# The REST framework's browsable pages, which we do not serve; compressing them takes seconds.
UNUSED = ["rest_framework"]


def collect() -> bool:
    """Whether there was anything to do."""
    stamp = Path(settings.STATIC_ROOT) / "stamp"
    wanted = _digest()
    if stamp.exists() and stamp.read_text() == wanted:
        return False
    stamp.unlink(missing_ok=True)
    call_command(
        "collectstatic", interactive=False, clear=True, verbosity=0, ignore_patterns=UNUSED
    )
    stamp.write_text(wanted)
    return True


def _digest() -> str:
    """Of each file's name, size and time: reading them all would take longer than it saves."""
    return hashlib.sha256("\n".join(sorted(_marks())).encode()).hexdigest()


def _marks() -> Iterator[str]:
    for finder in get_finders():
        for name, storage in finder.list(UNUSED):
            found = Path(storage.path(name)).stat()
            yield f"{name} {found.st_size} {found.st_mtime_ns}"
