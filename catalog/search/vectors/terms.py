"""The terms that the learned embedder reads in a text: stems, and in Chinese signs and pairs."""

from catalog.search import words
from catalog.search.words import STOP_WORDS, STOP_WORDS_ZH

LONGEST = 30  # letters; what is longer is a hash or an address


def terms(text: str) -> list[str]:
    return [term for word in words.words(text) for term in _terms_of(word)]


def _terms_of(word: str) -> list[str]:
    if words.is_cjk(word):
        return [term for run in _without_stop_words(word) for term in _signs(run)]
    if word in STOP_WORDS or len(word) > LONGEST:
        return []
    return [words.root(word)]


def _signs(run: str) -> list[str]:
    return [*run, *(words.bigrams(run) if len(run) > 1 else [])]


def _without_stop_words(run: str) -> list[str]:
    for word in STOP_WORDS_ZH:
        run = run.replace(word, " ")
    return run.split()
