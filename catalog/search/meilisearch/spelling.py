"""Words of names near a typed one, and how rare a word is: asked of the engine, and remembered."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock

from cachetools import TTLCache
from rapidfuzz.distance import OSA

from catalog.search.meilisearch.filters import is_one_of
from catalog.search.meilisearch.index import Index
from catalog.search.typed import TYPO_FROM, TYPO_UP_TO, TYPOS_FROM

KEPT = 4096  # words; people type the same ones
SECONDS = 120.0  # a new name's words are known after this at the latest
LENGTH = 40
ALL = ""


@dataclass(frozen=True)
class Near:
    """Words that begin with the typed one, and those one or two slips away from it."""

    starts: tuple[str, ...] = ()
    one_off: tuple[str, ...] = ()
    two_off: tuple[str, ...] = ()


_near: TTLCache[tuple[str, str, str], Near] = TTLCache(KEPT, SECONDS)
_counts: TTLCache[tuple[str, str], int] = TTLCache(KEPT, SECONDS)
_lock = Lock()


def may_slip(word: str) -> bool:
    """Not what holds digits, since 7b is not 8b, and not what is too short to tell."""
    return len(word) >= TYPO_FROM and word.isalpha()


def near(index: Index, field: str, word: str) -> Near:
    """At most the hundred most frequent words of the field."""
    key = (index.uid, field, word)
    with _lock:
        known = _near.get(key)
    if known is None:
        known = _read(word, index.values_near(field, word[:LENGTH]))
        with _lock:
            _near[key] = known
    return known


def count(index: Index, field: str, value: str) -> int:
    """How many models have this value."""
    key = (index.uid, f"{field} {value}")
    with _lock:
        known = _counts.get(key)
    if known is None:
        asked = {"filter": [is_one_of(field, [value])], "limit": 0}
        known = int(index.multi([asked])[0]["estimatedTotalHits"])
        with _lock:
            _counts[key] = known
    return known


def unknown(index: Index, stems: Iterable[str]) -> list[str]:
    """Those of the stems whose number of descriptions has to be asked for."""
    with _lock:
        return [stem for stem in dict.fromkeys(stems) if (index.uid, stem) not in _counts]


def note(index: Index, counts: dict[str, int]) -> None:
    """How many descriptions hold each of these stems; ALL is how many models there are."""
    with _lock:
        _counts.update({(index.uid, stem): count for stem, count in counts.items()})


def rarity(index: Index, stems: Iterable[str]) -> dict[str, float]:
    """From 1 for a stem that no description holds to 0 for one that all do."""
    with _lock:
        total = _counts.get((index.uid, ALL), 0)
        counts = {stem: _counts.get((index.uid, stem), 0) for stem in stems}
    return {
        stem: math.log((total + 2) / (count + 1)) / math.log(total + 2)
        for stem, count in counts.items()
    }


def forget() -> None:
    """Ask anew, as tests and measuring need."""
    with _lock:
        _near.clear()
        _counts.clear()


def _read(word: str, counts: dict[str, int]) -> Near:
    starts = tuple(value for value in counts if value.startswith(word) and value != word)
    if not may_slip(word) or counts.get(word, 0) > TYPO_UP_TO:
        return Near(starts)
    distances = {value: OSA.distance(word, value, score_cutoff=2) for value in counts}
    return Near(
        starts,
        tuple(value for value, off in distances.items() if off == 1),
        tuple(value for value, off in distances.items() if off == 2 and len(word) >= TYPOS_FROM),
    )
