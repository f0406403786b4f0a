"""Finds the task and the library that a catalog's own word means."""

from functools import cache, lru_cache

from catalog.vocabulary.files import libraries, tasks
from catalog.vocabulary.spellings import LONGEST, index, key


def task_of(raw: object) -> str | None:
    """The Hub's task id for any catalog's word: "Text Generation" and `chat` are `text-generation`.

    None for what names no task, such as "other", "unknown" or anything that is not text.
    """
    return _task(raw) if isinstance(raw, str) and len(raw) <= LONGEST else None


def library_of(raw: object) -> str | None:
    """Our id for a library: `sklearn` is `scikit-learn`. None for one that we do not know."""
    return _library(raw) if isinstance(raw, str) and len(raw) <= LONGEST else None


@lru_cache(maxsize=4096)
def _task(raw: str) -> str | None:
    return _task_ids().get(key(raw))


@lru_cache(maxsize=4096)
def _library(raw: str) -> str | None:
    return _library_ids().get(key(raw))


@cache
def _task_ids() -> dict[str, str]:
    return index(
        ((task.id, task.id) for task in tasks()),
        ((spelling, task.id) for task in tasks() for spelling in task.mapped),
        ((task.name, task.id) for task in tasks()),
    )


@cache
def _library_ids() -> dict[str, str]:
    return index(
        ((library.id, library.id) for library in libraries()),
        ((spelling, library.id) for library in libraries() for spelling in library.aliases),
        ((library.name, library.id) for library in libraries()),
    )
