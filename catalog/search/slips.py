"""Slips of the fingers: a letter missing, too much, another, or two that changed places."""

from rapidfuzz.distance import OSA

LEAST = 6  # letters; shorter words are near too many others


def mended(word: str, known: frozenset[str]) -> str:
    """The one known word that a single slip turns into this one; the word itself when none does."""
    if len(word) < LEAST or word in known or not word.isalpha():
        return word
    near = [other for other in known if other[:1] == word[0] and OSA.distance(word, other) == 1]
    return near[0] if len(near) == 1 else word
