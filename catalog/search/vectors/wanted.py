"""Which texts are to be taken by their meaning; for all others the words are enough."""

from catalog.search import words
from catalog.search.typed import Typed

LEAST_WORDS = 3  # of a text without stop words of which no model has all


def means_something(typed: Typed, *, is_partial: bool) -> bool:
    """Whether the text says what somebody wants, in words that the vocabulary has not."""
    if "/" in typed.text or _is_understood(typed):
        return False
    says = [typed.words[at] for at in typed.places]
    if any(sign.isdigit() for word in says for sign in word):
        return False  # 8b and v3 name one of a family, whose others mean the same
    is_said = typed.is_sentence or any(words.is_cjk(word) for word in says)
    return is_said or (is_partial and len(says) >= LEAST_WORDS)


def _is_understood(typed: Typed) -> bool:
    """Whether the vocabulary knows every word that says something, as in 'english to german'.

    It knows directions, too, which vectors do not.
    """
    covered = [found.covered for found in typed.meant] + [found.covered for found in typed.named]
    return frozenset().union(*covered).issuperset(typed.places)
