"""Where the index lies at the engine: the live one under a fixed name, others beside it.

`models` answers; `models_build_<time>` is being filled, and left behind only by a killed rebuild;
`models_old_<time>` answered before and is kept for a day.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from catalog.search import locks
from catalog.search.errors import Cause, Rejected, Unavailable
from catalog.search.meilisearch import client, schema, tasks, versions

KEPT = timedelta(days=1)
TASK_SECONDS = 600.0
PAUSE = 0.05  # seconds
TIME = "%Y%m%d_%H%M%S"
# Where an index carries the fingerprint of the code that filled it: a synonym of no use.
NOTE = "slipwayfingerprint"


@dataclass(frozen=True)
class Generation:
    """One index at the engine."""

    name: str
    is_damaged: bool = False
    is_readable: bool = True

    @property
    def is_up_to_date(self) -> bool:
        """Whether today's code would have set and filled it in the same way."""
        return schema.fingerprint() in self.notes()

    def notes(self) -> list[str]:
        """The fingerprint and the first name of what stands under this name now."""
        with client.official() as engine:
            return list(engine.index(self.name).get_synonyms().get(NOTE, []))


def current() -> Generation:
    """The index that answers; whether it is there shows when it is asked."""
    versions.check(lambda: client.written("GET", "/version"))
    return Generation(settings.SEARCH_INDEX)


def start() -> Generation:
    """An empty index beside the live one, with its settings in force."""
    begun = time.strftime(TIME, time.gmtime())
    name = f"{settings.SEARCH_INDEX}_build_{begun}_{time.monotonic_ns() % 10**6}"
    wanted = {**schema.settings(), "synonyms": {NOTE: [schema.fingerprint(), name]}}
    with client.official() as engine:
        _finish(engine.create_index(name, {"primaryKey": "id"}).task_uid)
        _finish(engine.index(name).update_settings(wanted).task_uid)
    return Generation(name)


def make_current(generation: Generation) -> None:
    """Swap the two; what answered before gets a name that says so.

    A key for some indexes only does not see the tasks of swaps: their effect is waited for.
    """
    live, built = settings.SEARCH_INDEX, generation.name
    there_was_one = live in _names()
    with client.official() as engine:
        engine.swap_indexes([{"indexes": [built, live], "rename": not there_was_one}])
    _wait_until(lambda: built in _notes_of(live), f"swap {built} and {live}")
    if there_was_one:
        with client.official() as engine:
            engine.swap_indexes([{"indexes": [built, _old_name(built)], "rename": True}])
        _wait_until(lambda: built not in _names(), f"rename {built}")


def remove(generation: Generation) -> None:
    with client.official() as engine:
        _finish(engine.delete_index(generation.name).task_uid)


def remove_old(*, older_than: timedelta = KEPT) -> None:
    """Indexes that answered long ago, and what killed rebuilds left. Needs rebuild_lock."""
    live = settings.SEARCH_INDEX
    for name in _names():
        if name.startswith(f"{live}_build_") or _age(name) > older_than:
            remove(Generation(name))


def facts() -> dict[str, object]:
    """Of the live index, for people who look after it. Raises Unavailable."""
    name = settings.SEARCH_INDEX
    until = time.monotonic() + client.WATCHING_SECONDS
    versions.check(lambda: client.watched("/version", until=until))
    index = client.watched(f"/indexes/{name}", until=until)
    told = client.watched(f"/indexes/{name}/stats", until=until)
    return {
        "generation": name,
        "documents": int(told["numberOfDocuments"]),
        "committed_at": datetime.fromisoformat(index["updatedAt"]),
        "is_indexing": bool(told["isIndexing"]),
    }


@contextmanager
def write_lock(*, seconds: float = 20) -> Iterator[None]:
    """One writer at a time, over all hosts that share the database."""
    with locks.of_database("writer", folder=Path(settings.SEARCH_INDEX_DIR), seconds=seconds):
        yield


@contextmanager
def rebuild_lock() -> Iterator[None]:
    """One rebuild at a time; a second one is refused at once."""
    with locks.of_database("rebuild", folder=Path(settings.SEARCH_INDEX_DIR), seconds=0):
        yield


def _names() -> list[str]:
    """Of the live index and those beside it."""
    live = settings.SEARCH_INDEX
    with client.official() as engine:
        found: Any = engine.get_raw_indexes({"limit": 1000})
    names = [str(index["uid"]) for index in found["results"]]
    return [
        name
        for name in names
        if name == live or name.startswith((f"{live}_build_", f"{live}_old_"))
    ]


def _notes_of(name: str) -> list[str]:
    try:
        return Generation(name).notes()
    except Unavailable as error:
        if error.cause is not Cause.MISSING:
            raise
        return []


def _old_name(built: str) -> str:
    return built.replace("_build_", "_old_")


def _age(name: str) -> timedelta:
    """Since the rebuild began that put this one aside; nothing for others."""
    _, is_old, when = name.partition("_old_")
    if not is_old:
        return timedelta(0)
    begun = datetime.strptime(when[:15], TIME).replace(tzinfo=UTC)
    return datetime.now(UTC) - begun


def _finish(task: int) -> None:
    try:
        tasks.finish(task, seconds=TASK_SECONDS)
    except Rejected as error:
        raise Unavailable(f"Meilisearch refused: {error}", Cause.REFUSED) from error


def _wait_until(is_done: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + TASK_SECONDS
    while not is_done():
        if time.monotonic() > until:
            raise Unavailable(f"Meilisearch did not {what}.", Cause.REFUSED)
        time.sleep(PAUSE)
