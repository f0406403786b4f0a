"""How well a candidate fits what was typed: the embedded engine's weights on what came back."""

from collections.abc import Mapping

from catalog.search.meilisearch.asking import AnyWay, Asked, Candidate, Described
from catalog.search.typed import EXACT_ID, EXACT_NAME, EXACT_WORD, NAME_RUN, OWNER, PROSE_LEAST

# What has to come back of a model for it to be ranked.
RANKED_BY = (
    "id",
    "key",
    "whole",
    "name",
    "runs",
    "owner",
    "owner_whole",
    "meanings",
    "tag_words",
    "about",
    "stems",
    "weight",
    "popularity",
)


def score(asked: Asked, candidate: Candidate, rarity: Mapping[str, float]) -> float:
    """The sum of each word's best fit and of what fits the text whole, times the weight.

    `rarity` of a stem is 1 for one that no description holds, 0 for one that all do.
    """
    fits = sum(_best(ways, candidate, rarity) for ways in asked.ways.values())
    fits += _whole(asked, candidate) + asked.near.get(int(candidate["id"]), 0.0)
    found = fits * float(candidate["weight"])
    return found + EXACT_ID if asked.key and candidate["key"] == asked.key else found


def _best(ways: tuple[AnyWay, ...], candidate: Candidate, rarity: Mapping[str, float]) -> float:
    best = 0.0
    for way in ways:
        if way.fit > best and way.is_held_by(candidate):
            best = max(best, _fit(way, rarity))
    return best


def _fit(way: AnyWay, rarity: Mapping[str, float]) -> float:
    """In a description, a rare word says more than one that many use."""
    if not isinstance(way, Described):
        return way.fit
    return max(PROSE_LEAST, way.fit * max(rarity[stem] for stem in way.stems))


def _whole(asked: Asked, candidate: Candidate) -> float:
    """What makes a name the one that was meant: all of it was typed, whatever the separators."""
    count = len(asked.typed.places)
    whole = asked.typed.whole
    gain = 0.0
    if whole in candidate["whole"]:
        gain += EXACT_NAME if count > 1 else EXACT_WORD
    if candidate["owner_whole"] == whole:
        gain += OWNER
    if count > 1 and whole in candidate["runs"]:
        gain += NAME_RUN
    gain += sum(EXACT_NAME for way in asked.wholly_named if way.is_held_by(candidate))
    return gain * count
