"""Where the index lies at the engine: the live one under a fixed name, others beside it.

`models` answers; `models_build_<time>` is being filled, and left behind only by a killed rebuild;
`models_old_<time>` answered before and is kept for a day.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from meilisearch.errors import MeilisearchApiError, MeilisearchError

from catalog.search import locks
from catalog.search.errors import Unavailable
from catalog.search.meilisearch import client, schema

KEPT = timedelta(days=1)
TASK_SECONDS = 600
PAUSE_MS = 10
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
        with reached():
            synonyms = client.admin().index(self.name).get_synonyms()
        return [schema.fingerprint()] == synonyms.get(NOTE)

    def committed_at(self) -> float:
        """Seconds since 1970 of the last change."""
        with reached():
            found: datetime = client.admin().get_index(self.name).updated_at  # type: ignore[assignment]
        return found.timestamp()


@contextmanager
def reached() -> Iterator[None]:
    """What the official client raises, as Unavailable in words."""
    try:
        yield
    except MeilisearchApiError as error:
        raise Unavailable(f"Meilisearch refused: {error.message}") from error
    except MeilisearchError as error:
        raise Unavailable("Meilisearch cannot be reached.") from error


def current() -> Generation:
    return Generation(settings.SEARCH_INDEX)


def start() -> Generation:
    """An empty index beside the live one, with its settings in force."""
    begun = time.strftime(TIME, time.gmtime())
    name = f"{settings.SEARCH_INDEX}_build_{begun}_{time.monotonic_ns() % 10**6}"
    wanted = {**schema.settings(), "synonyms": {NOTE: [schema.fingerprint()]}}
    with reached():
        admin = client.admin()
        finish(admin.create_index(name, {"primaryKey": "id"}).task_uid)
        finish(admin.index(name).update_settings(wanted).task_uid)
    return Generation(name)


def make_current(generation: Generation) -> None:
    """Swap the two; what answered before gets a name that says so."""
    live, built = settings.SEARCH_INDEX, generation.name
    old = built.replace("_build_", "_old_")
    with reached():
        admin = client.admin()
        if live in _names():
            finish(admin.swap_indexes([{"indexes": [built, live]}]).task_uid)
            finish(admin.swap_indexes([{"indexes": [built, old], "rename": True}]).task_uid)
        else:
            finish(admin.swap_indexes([{"indexes": [built, live], "rename": True}]).task_uid)


def remove(generation: Generation) -> None:
    with reached():
        client.admin().delete_index(generation.name)


def remove_old(*, older_than: timedelta = KEPT) -> None:
    """Indexes that answered long ago, and what killed rebuilds left. Needs rebuild_lock."""
    live = settings.SEARCH_INDEX
    for name in _names():
        if name.startswith(f"{live}_build_") or _age(name) > older_than:
            remove(Generation(name))


def finish(task: int) -> None:
    """Wait until the engine has done a task. Raises Unavailable with its words when it failed."""
    done = client.admin().wait_for_task(
        task, timeout_in_ms=TASK_SECONDS * 1000, interval_in_ms=PAUSE_MS
    )
    if done.status != "succeeded":
        words: dict[str, Any] = done.error or {}
        raise Unavailable(
            f"Meilisearch did not do task {task}: {words.get('message', done.status)}"
        )


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
    with reached():
        found: Any = client.admin().get_raw_indexes({"limit": 1000})
    names = [str(index["uid"]) for index in found["results"]]
    return [
        name
        for name in names
        if name == live or name.startswith((f"{live}_build_", f"{live}_old_"))
    ]


def _age(name: str) -> timedelta:
    """Since the rebuild began that put this one aside; nothing for others."""
    _, is_old, when = name.partition("_old_")
    if not is_old:
        return timedelta(0)
    begun = datetime.strptime(when[:15], TIME).replace(tzinfo=UTC)
    return datetime.now(UTC) - begun
