"""Slips of the fingers: a letter missing, too much, another, or two that changed places."""

from collections.abc import Collection, Mapping

LEAST = 6  # letters; shorter words are near too many others


def mended(word: str, known: Mapping[str, Collection[str]]) -> str:
    """The one known word that a single slip turns into this one; the word itself when none does.

    `known` has the words by their first letter, which nobody gets wrong.
    """
    others = known.get(word[:1], ())
    if len(word) < LEAST or word in others or not word.isalpha():
        return word
    from rapidfuzz.distance import OSA  # noqa: PLC0415 - 2 MB that a worker has no use for

    near = [other for other in others if OSA.distance(word, other, score_cutoff=1) == 1]
    return near[0] if len(near) == 1 else word
