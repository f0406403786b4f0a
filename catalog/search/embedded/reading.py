"""Opens the current generation once a process, and follows new commits and generations."""

import threading

import tantivy

from catalog.search.embedded import generations
from catalog.search.errors import Unavailable

Stamp = tuple[str, int, int]

_lock = threading.Lock()
_opened: tuple[Stamp, tantivy.Index, tantivy.Searcher] | None = None


def searcher() -> tuple[tantivy.Searcher, Stamp]:
    """The newest commit, and a stamp that changes with every commit. Costs two file look-ups."""
    generation = generations.current()
    stamp = generation.stamp()
    opened = _opened
    if opened and opened[0] == stamp:
        return opened[2], stamp
    return _open(generation, stamp), stamp


def count_of(answer: tantivy.SearchResult) -> int:
    """How many fit in all, whichever page was asked for."""
    return int(answer.count)  # type: ignore[attr-defined] # missing in its stubs


def close() -> None:
    """Forget what is open, as after a failure."""
    global _opened  # noqa: PLW0603 one opened index a process is the point
    with _lock:
        _opened = None


def _open(generation: generations.Generation, stamp: Stamp) -> tantivy.Searcher:
    global _opened  # noqa: PLW0603
    with _lock:
        if _opened and _opened[0] == stamp:
            return _opened[2]
        index = _index_of(generation)
        found = index.searcher()
        _opened = (stamp, index, found)
        return found


def _index_of(generation: generations.Generation) -> tantivy.Index:
    if _opened and _opened[0][0] == generation.name:
        index = _opened[1]
    else:
        if not generation.is_readable:
            raise Unavailable("The search index is of another version of Slipway.")
        index = generation.open()
        index.config_reader(reload_policy="manual")
    try:
        index.reload()
    except ValueError as error:
        raise Unavailable("The search index cannot be read.") from error
    return index
