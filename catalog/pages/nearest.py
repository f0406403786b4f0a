"""Did you mean: the nearest spelling that finds something, when what was typed does not."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain

from rapidfuzz.distance import OSA

from catalog import search
from catalog.models import AIModel
from catalog.search import Query, Results, terms, typed
from catalog.search.typed import Typed
from catalog.search.words import words

from . import figures
from .address import Address
from .remembered import remembered

LEAST_LETTERS = 4
FAR_LETTERS = 6  # from which two slips are forgiven
MOST_READ = 2_000  # models whose words are known, the most popular first
MOST_AT_FAULT = 3  # words; a text with more of them is not understood anyway
VOCABULARY = 5.0  # as well known as the names of a popular model


@dataclass(frozen=True, slots=True)
class Nearest:
    """Another text with how many models it finds; `without` are the words that it leaves out."""

    text: str
    without: str
    url: str
    count: str


def of(query: Query, found: Results, address: Address) -> Nearest | None:
    """None unless nothing has all the words, and another text finds something with these filters.

    Sentences are left alone: their words are nobody's names.
    """
    if found.is_degraded or not query.text or (found.total and not found.is_partial):
        return None
    read = typed.read(query.text)
    if read.is_sentence:
        return None
    for text, without in _texts(read):
        asked = replace(query, text=text, offset=0, limit=1, facets=(), collapse=False)
        count = _count(asked)
        if count:
            url = address.having("q", text).url()
            return Nearest(text, without, url, figures.whole(count))
    return None


def _texts(read: Typed) -> Iterator[tuple[str, str]]:
    """With the words that nobody knows spelled otherwise, then without those that find nothing."""
    at_fault = [at for at in read.places if not _count(Query(text=read.words[at], limit=1))]
    if len(at_fault) > MOST_AT_FAULT:
        return
    near = {at: _near(read.words[at]) for at in read.places}
    if any(near.values()) and all(near[at] for at in at_fault):
        yield " ".join(near.get(at) or word for at, word in enumerate(read.words)), ""
    rest = [word for at, word in enumerate(read.words) if at not in at_fault]
    if at_fault and len(rest) >= len(at_fault):
        yield " ".join(rest), " ".join(read.words[at] for at in at_fault)


def _count(query: Query) -> int:
    found = search.find(query)
    return 0 if found.is_partial or found.is_degraded else found.total


def _near(word: str) -> str:
    """The best known of the words that are nearest; none for a known word."""
    known = _known_words().get(word[0], {})
    if len(word) < LEAST_LETTERS or not word.isalpha() or word in known:
        return ""
    most = 2 if len(word) >= FAR_LETTERS else 1
    found = [
        (away, -popularity, other)
        for other, popularity in known.items()
        if (away := OSA.distance(word, other, score_cutoff=most)) <= most
    ]
    return min(found)[2] if found else ""


@remembered(seconds=600)
def _known_words() -> dict[str, dict[str, float]]:
    """By first letter: words of popular names, publishers, aliases and the vocabulary."""
    known: defaultdict[str, float] = defaultdict(float)
    for word in chain.from_iterable(terms.table().latin.values()):
        known[word] = VOCABULARY
    rows = AIModel.objects.still_listed().by_popularity()
    # Without the publishers' table: SQLite would start there, and sort every model.
    for key, aliases, popularity in rows.values_list("key", "aliases", "popularity")[:MOST_READ]:
        for word in words(" ".join([key, *map(str, aliases)])):
            known[word] = max(known[word], popularity)
    filed: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for word, popularity in known.items():
        if len(word) >= LEAST_LETTERS and word.isalpha():
            filed[word[0]][word] = popularity
    return dict(filed)
