"""What fits a typed text, in the engine's terms. Nothing typed is ever parsed as its syntax."""

import math
from dataclasses import dataclass
from functools import cache

import tantivy
from tantivy import Occur

from catalog.search import words
from catalog.search.addresses import key_in
from catalog.search.embedded import schema
from catalog.search.embedded.schema import the_schema
from catalog.search.meaning import Meaning, meanings, parted
from catalog.search.words import STOP_WORDS, STOP_WORDS_ZH

Clause = tantivy.Query

MOST_WORDS = 12
NAME_WORDS = 6  # more than these, or stop words among them, are a sentence
ALL_REQUIRED = 3  # words of a sentence; of longer ones most are enough

# How well a word fits by where it stands. Popularity multiplies the sum (documents.weight_of).
FIT = {
    "name": 1.0,
    "runs": 0.95,
    "start": 0.8,
    "owner": 0.75,
    "owner_whole": 0.75,
    "meaning": 0.75,
    "typo": 0.6,
    "typos": 0.45,
    "tag_words": 0.5,
    "about": 0.5,
    "prose": 0.6,
}
PROSE_LEAST = 0.15
WHOLE_MEANING = 0.95
# What a fit of the whole text adds, for each of its words.
EXACT_NAME = 0.7
EXACT_WORD = 0.3  # a name of one word is easily also somebody's word for something else
NAME_RUN = 0.3
OWNER = 0.3
EXACT_ID = 1000.0
TYPO_FROM, TYPOS_FROM = 4, 9  # letters
TYPO_UP_TO = 150  # names; what more of them hold is a word, not a slip


@dataclass(frozen=True)
class Typed:
    """A text as it is searched for."""

    text: str
    words: list[str]
    places: list[int]  # of the words that say something
    meant: list[Meaning]

    @property
    def is_sentence(self) -> bool:
        return len(self.places) < len(self.words) or len(self.places) > NAME_WORDS

    @property
    def needs(self) -> list[int]:
        """How many words have to fit, and how many will do when nothing has so many."""
        count = len(self.places)
        fewer = max(1, count - 1 if count <= ALL_REQUIRED else count // 2)
        return sorted({self._needed, min(self._needed, fewer), 1}, reverse=True)

    @property
    def _needed(self) -> int:
        """All of a name, most of a sentence."""
        count = len(self.places)
        if not self.is_sentence:
            return count
        if self.meant:
            # What is wanted is understood; the other words choose among what does it.
            return max(-(-count // 2), *(len(meaning.covered) for meaning in self.meant))
        return count if count <= ALL_REQUIRED else -(-count * 2 // 3)

    def meaning_fit(self) -> float:
        """As good as a name when all of the text, not just a word, is what a task is called."""
        said = set(self.places)
        is_whole = len(said) > 1 and any(said <= meaning.covered for meaning in self.meant)
        return WHOLE_MEANING if is_whole else FIT["meaning"]

    def is_phrased(self, at: int) -> bool:
        """Whether the word means something together with others: speech in text to speech."""
        return any(at in meaning.covered and len(meaning.covered) > 1 for meaning in self.meant)


def read(text: str) -> Typed:
    typed = parted(text)
    places = list(range(len(typed)))
    said = [at for at in places if typed[at] not in STOP_WORDS and typed[at] not in STOP_WORDS_ZH]
    # Stop words count when nothing else was typed.
    return Typed(text, typed, (said or places)[:MOST_WORDS], meanings(typed))


def clause(typed: Typed, searcher: tantivy.Searcher, *, needed: int) -> Clause:
    """The models that at least so many of the words fit, scored by how well."""
    if not typed.places:
        return tantivy.Query.empty_query()
    parts = [(Occur.Should, _word_clause(typed, at, searcher)) for at in typed.places]
    fitting = tantivy.Query.boolean_query(parts, minimum_number_should_match=needed)
    whole = [(Occur.Should, part) for part in _whole_clauses(typed)]
    found = tantivy.Query.boolean_query([(Occur.Must, fitting), *whole])
    key = key_in(typed.text)
    if not key:
        return found
    exact = _fixed(tantivy.Query.term_query(the_schema(), "key", key), EXACT_ID)
    return tantivy.Query.boolean_query([(Occur.Should, exact), (Occur.Should, found)])


def _word_clause(typed: Typed, at: int, searcher: tantivy.Searcher) -> Clause:
    """The best of the ways in which one typed word can fit."""
    word = typed.words[at]
    if words.is_cjk(word):
        ways = _cjk_ways(word)
    else:
        ways = [*_latin_ways(word), *_pair_ways(typed.words, at), _prose_way(word, searcher)]
        ways += _typo_ways(word, searcher)
        if not typed.is_phrased(at):
            ways.append(_term("about", words.root(word)))
        if at == typed.places[-1]:
            ways += _start_ways(word)
    ids = {id for meaning in typed.meant if at in meaning.covered for id in meaning.ids}
    if ids:
        found = tantivy.Query.term_set_query(the_schema(), "meanings", sorted(ids))
        ways.append(_fixed(found, typed.meaning_fit()))
    return tantivy.Query.disjunction_max_query(ways)


def _latin_ways(word: str) -> list[Clause]:
    return [_term(field, word) for field in ("name", "runs", "owner", "owner_whole", "tag_words")]


def _pair_ways(typed: list[str], at: int) -> list[Clause]:
    """The word run together with its neighbours: llama 3 is also llama3."""
    neighbours = (typed[max(at - 1, 0) : at + 1], typed[at : at + 2])
    return [
        _fixed(_exactly(field, words.joined(pair)), FIT["runs"])
        for pair in neighbours
        for field in ("name", "runs")
        if len(pair) == 2
    ]


def _start_ways(word: str) -> list[Clause]:
    """While it is being typed, the last word may be the beginning of one."""
    if len(word) < 2:
        return []
    fields = ("name", "owner", "runs") if len(word) > 3 else ("name", "owner")
    return [
        _fixed(
            tantivy.Query.fuzzy_term_query(the_schema(), field, word, distance=0, prefix=True),
            FIT["start"] * FIT[field],
        )
        for field in fields
    ]


def _typo_ways(word: str, searcher: tantivy.Searcher) -> list[Clause]:
    """None for words with digits, since 7b is not 8b, and none for what many names hold."""
    if len(word) < TYPO_FROM or not word.isalpha():
        return []
    if searcher.doc_freq("name", word) > TYPO_UP_TO:
        return []
    ways = [_fixed(_near(word, 1), FIT["typo"])]
    return [*ways, _fixed(_near(word, 2), FIT["typos"])] if len(word) >= TYPOS_FROM else ways


def _cjk_ways(word: str) -> list[Clause]:
    pairs = [(Occur.Must, _exactly("prose", pair)) for pair in words.bigrams(word)]
    together = tantivy.Query.boolean_query(pairs)
    return [_term("name", word), _term("tag_words", word), _fixed(together, FIT["prose"])]


def _prose_way(word: str, searcher: tantivy.Searcher) -> Clause:
    """In a description, a rare word says more than one that many use."""
    stems = _prose_analyzer().analyze(word) or [word]
    rarest = min(searcher.doc_freq("prose", stem) for stem in stems)
    rarity = math.log((searcher.num_docs + 2) / (rarest + 1)) / math.log(searcher.num_docs + 2)
    found = tantivy.Query.boolean_query([(Occur.Must, _exactly("prose", stem)) for stem in stems])
    return _fixed(found, max(PROSE_LEAST, FIT["prose"] * rarity))


def _whole_clauses(typed: Typed) -> list[Clause]:
    """What makes a name the one that was meant: all of it was typed, whatever the separators."""
    whole = words.joined(words.words(typed.text)[:MOST_WORDS])
    count = len(typed.places)
    gains = {"whole": EXACT_NAME if count > 1 else EXACT_WORD, "owner_whole": OWNER}
    if count > 1:
        gains["runs"] = NAME_RUN
    return [_fixed(_exactly(field, whole), gain * count) for field, gain in gains.items()]


@cache
def _prose_analyzer() -> tantivy.TextAnalyzer:
    return schema.prose_analyzer()


def _term(field: str, word: str) -> Clause:
    return _fixed(_exactly(field, word), FIT[field])


def _exactly(field: str, word: str) -> Clause:
    return tantivy.Query.term_query(the_schema(), field, word)


def _near(word: str, distance: int) -> Clause:
    return tantivy.Query.fuzzy_term_query(the_schema(), "name", word, distance=distance)


def _fixed(found: Clause, fit: float) -> Clause:
    return tantivy.Query.const_score_query(found, fit)
