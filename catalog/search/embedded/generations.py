"""Where the embedded index lies: one folder a generation, and a file that names the current one."""

import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import tantivy
from django.conf import settings

from catalog.search import locks
from catalog.search.embedded import schema
from catalog.search.errors import Unavailable

YOUNG = 10 * 60  # seconds
KEPT = 15 * 60  # seconds that an old generation stays for those who still read it


@dataclass(frozen=True)
class Generation:
    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def is_readable(self) -> bool:
        """Whether today's code understands its fields."""
        return self._notes().get("layout") == schema.layout()

    @property
    def is_up_to_date(self) -> bool:
        """Whether today's code would have filled it in the same way."""
        return self._notes().get("fingerprint") == schema.fingerprint()

    @property
    def is_damaged(self) -> bool:
        return (self.path / "damaged").exists()

    def note_damage(self) -> None:
        """Ask for a rebuild; not of a young index, or one bad search would rebuild for ever."""
        if time.time() - (self.path / "slipway.json").stat().st_mtime > YOUNG:
            (self.path / "damaged").touch()

    def open(self) -> tantivy.Index:
        try:
            index = tantivy.Index.open(str(self.path))
        except (ValueError, OSError) as error:
            raise Unavailable(f"The search index {self.name} cannot be opened.") from error
        schema.register_tokenizers(index)
        return index

    def committed_at(self) -> float:
        """Seconds since 1970 of the newest commit."""
        return (self.path / "meta.json").stat().st_mtime

    def stamp(self) -> tuple[str, int, int]:
        """Changes with every commit."""
        try:
            found = (self.path / "meta.json").stat()
        except OSError as error:
            raise Unavailable(f"The search index {self.name} is gone.") from error
        return (self.name, found.st_mtime_ns, found.st_ino)

    def _notes(self) -> dict[str, str]:
        try:
            notes: dict[str, str] = json.loads((self.path / "slipway.json").read_text())
        except (OSError, ValueError):
            return {}
        return notes


def folder() -> Path:
    return Path(settings.SEARCH_INDEX_DIR)


def current() -> Generation:
    """The generation that answers searches."""
    try:
        name = (folder() / "CURRENT").read_text().strip()
    except OSError as error:
        raise Unavailable("There is no search index yet.") from error
    path = folder() / name
    if not name or "/" in name or not path.is_dir():
        raise Unavailable("The search index is missing.")
    return Generation(path)


def start() -> Generation:
    """An empty generation beside the current one."""
    path = (
        folder() / f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}-{time.monotonic_ns() % 10**6}"
    )
    path.mkdir(parents=True)
    notes = {"layout": schema.layout(), "fingerprint": schema.fingerprint()}
    (path / "slipway.json").write_text(json.dumps(notes))
    tantivy.Index(schema.the_schema(), path=str(path))
    return Generation(path)


def make_current(generation: Generation) -> None:
    draft = folder() / f"CURRENT.{os.getpid()}"
    draft.write_text(generation.name)
    draft.replace(folder() / "CURRENT")


def remove(generation: Generation) -> None:
    shutil.rmtree(generation.path, ignore_errors=True)


def remove_old(*, older_than: float = KEPT) -> None:
    """Generations that nobody uses any more, and what killed rebuilds left. Needs rebuild_lock."""
    with suppress(Unavailable):
        kept = current().path
        for path in folder().iterdir():
            if path.is_dir() and path != kept and time.time() - path.stat().st_mtime > older_than:
                remove(Generation(path))


@contextmanager
def write_lock(*, seconds: float = 20) -> Iterator[None]:
    """One writer at a time, over all processes of this host; released when its holder dies."""
    with locks.of_file(folder() / "writer.lock", seconds=seconds):
        yield


@contextmanager
def rebuild_lock() -> Iterator[None]:
    """One rebuild at a time; a second one is refused at once."""
    with locks.of_file(folder() / "rebuild.lock", seconds=0):
        yield
