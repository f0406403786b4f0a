"""Which parts of a name a typed text stands in, for <mark>."""

import re
from typing import NamedTuple

from catalog.search.words import is_cjk, words

MOST_WORDS = 12
ANYWHERE_FROM = 3  # letters; shorter ones are marked where a word begins
LONGEST_WORD = 60


class Piece(NamedTuple):
    text: str
    is_match: bool


def pieces(name: str, typed: str) -> list[Piece]:
    """The name in pieces; what was typed with other separators, or none, is marked as well."""
    pattern = _pattern(typed)
    if pattern is None:
        return [Piece(name, False)]
    found: list[Piece] = []
    at = 0
    for match in pattern.finditer(name):
        found += [Piece(name[at : match.start()], False), Piece(match[0], True)]
        at = match.end()
    return [piece for piece in [*found, Piece(name[at:], False)] if piece.text]


def _pattern(typed: str) -> re.Pattern[str] | None:
    spelled = [word for word in words(typed)[:MOST_WORDS] if len(word) <= LONGEST_WORD]
    if not spelled:
        return None
    longest_first = sorted(spelled, key=len, reverse=True)
    return re.compile("|".join(map(_way, longest_first)), re.IGNORECASE)


def _way(word: str) -> str:
    """llama3 is also Llama-3."""
    letters = "[-_. ]?".join(map(re.escape, word))
    is_short = len(word) < ANYWHERE_FROM and not is_cjk(word)
    return rf"(?<![^\W_]){letters}" if is_short else letters
