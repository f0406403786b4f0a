"""One holder at a time over all processes that share a database: released when the holder dies."""

import fcntl
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, connections

from catalog.search.errors import Busy

PAUSE = 0.05  # seconds


@contextmanager
def of_database(name: str, *, folder: Path, seconds: float) -> Iterator[None]:
    """An advisory lock of PostgreSQL; with SQLite, whose users share a host, a file in `folder`."""
    hold = _advisory(name, seconds) if connection.vendor == "postgresql" else None
    with hold or of_file(folder / f"{name}.lock", seconds=seconds):
        yield


@contextmanager
def of_file(path: Path, *, seconds: float) -> Iterator[None]:
    """Over the processes of this host."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        _wait_for(lambda: _is_locked(file.fileno()), path.name, seconds)
        yield


@contextmanager
def _advisory(name: str, seconds: float) -> Iterator[None]:
    """On a connection of its own, which nobody closes meanwhile."""
    number = zlib.crc32(f"slipway {name}".encode())
    own = connections.create_connection("default")
    try:
        with own.cursor() as cursor:

            def is_held() -> bool:
                cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
                return bool(cursor.fetchone()[0])

            _wait_for(is_held, name, seconds)
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [number])
    finally:
        own.close()


def _is_locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _wait_for(is_held: Callable[[], bool], name: str, seconds: float) -> None:
    until = time.monotonic() + seconds
    while not is_held():
        if time.monotonic() >= until:
            raise Busy(f"Another process holds {name} of the search index.")
        time.sleep(PAUSE)
