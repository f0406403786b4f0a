"""A Query in the engine's own terms. Nothing typed is ever parsed as the engine's syntax."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache

import tantivy
from tantivy import FieldType, Occur

from catalog.search import words
from catalog.search.embedded import schema
from catalog.search.embedded.schema import the_schema
from catalog.search.meaning import Meaning, meanings, parted
from catalog.search.query import Query
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
    "meaning": 0.8,
    "typo": 0.6,
    "typos": 0.45,
    "tag_words": 0.5,
    "about": 0.5,
    "prose": 0.4,
}
EXACT_ID = 1000.0
EXACT_NAME = 0.7
EXACT_WORD = 0.3  # a name of one word is easily also somebody's word for something else
NAME_RUN = 0.3
OWNER = 0.3
WHOLE_MEANING = 0.95
TYPO_FROM, TYPOS_FROM = 4, 9  # letters


@cache
def _prose_analyzer() -> tantivy.TextAnalyzer:
    return schema.prose_analyzer()


def text_clause(text: str, *, leniency: int = 0) -> Clause:
    """What fits the text. Leniency 1 lets some words be missing, 2 all but one."""
    typed = parted(text)
    places = _content(typed)[:MOST_WORDS]
    if not places:
        return tantivy.Query.empty_query()
    meant = meanings(typed)
    parts = [_word_clause(typed, at, places, meant) for at in places]
    fitting = tantivy.Query.boolean_query(
        [(Occur.Should, part) for part in parts],
        minimum_number_should_match=_needed(typed, places, meant, leniency),
    )
    whole = [(Occur.Should, clause) for clause in _whole_clauses(text, len(places))]
    return tantivy.Query.boolean_query([(Occur.Must, fitting), *whole])


def exact_clause(keys: Sequence[str]) -> Clause:
    return _fixed(tantivy.Query.term_set_query(the_schema(), "key", list(keys)), EXACT_ID)


def filter_clauses(query: Query, *, without: str = "") -> list[tuple[Occur, Clause]]:
    """All filters, except the values chosen of one facet whose other values are to be counted."""
    chosen = [
        (Occur.Must, any_value(name, values))
        for name, values in query.any_of.items()
        if values and name != without
    ]
    ruled_out = [
        (Occur.MustNot, any_value(name, values)) for name, values in query.none_of.items() if values
    ]
    return [*chosen, *ruled_out, *[(Occur.Must, clause) for clause in _ranges(query)]]


def any_value(name: str, values: Sequence[str]) -> Clause:
    found = tantivy.Query.term_set_query(the_schema(), name, [value.lower() for value in values])
    return _fixed(found, 0.0)


def _content(typed: list[str]) -> list[int]:
    """Where the words stand that say something: no stop words, unless nothing else was typed."""
    places = list(range(len(typed)))
    said = [at for at in places if typed[at] not in STOP_WORDS and typed[at] not in STOP_WORDS_ZH]
    return said or places


def _needed(typed: list[str], places: list[int], meant: list[Meaning], leniency: int) -> int:
    """How many words have to fit: all of a name, most of a sentence."""
    count = len(places)
    if leniency == 2:
        return 1
    if leniency == 1:
        return max(1, count - 1 if count <= ALL_REQUIRED else count // 2)
    is_sentence = count < len(typed) or count > NAME_WORDS
    if not is_sentence:
        return count
    if meant:
        # What is wanted is understood; the other words choose among what does it.
        return max(-(-count // 2), *(len(meaning.covered) for meaning in meant))
    return count if count <= ALL_REQUIRED else -(-count * 2 // 3)


def _word_clause(typed: list[str], at: int, places: list[int], meant: list[Meaning]) -> Clause:
    """The best of the ways in which one typed word can fit."""
    word = typed[at]
    ways = _cjk_ways(word) if words.is_cjk(word) else _latin_ways(typed, at)
    if at == places[-1] and not words.is_cjk(word):
        ways += _start_ways(word)
    ids = sorted({id for meaning in meant if at in meaning.covered for id in meaning.ids})
    if ids:
        found = tantivy.Query.term_set_query(the_schema(), "meanings", ids)
        ways.append(_fixed(found, _meaning_fit(places, meant)))
    return tantivy.Query.disjunction_max_query(ways)


def _meaning_fit(places: list[int], meant: list[Meaning]) -> float:
    """As good as a name when the whole text, not just a word of it, is what a task is called."""
    said = set(places)
    is_whole = len(said) > 1 and any(said <= meaning.covered for meaning in meant)
    return WHOLE_MEANING if is_whole else FIT["meaning"]


def _latin_ways(typed: list[str], at: int) -> list[Clause]:
    word = typed[at]
    ways = [_term(field, word) for field in ("name", "runs", "owner", "owner_whole", "tag_words")]
    ways += [_term("about", words.root(word)), _fixed(_prose_term(word), FIT["prose"])]
    ways += [
        _fixed(tantivy.Query.term_query(the_schema(), "name", pair), FIT["runs"])
        for pair in _pairs_with(at, typed)
    ]
    return [*ways, *_typo_ways(word)]


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


def _typo_ways(word: str) -> list[Clause]:
    """None for words with digits: 7b is not 8b."""
    if len(word) < TYPO_FROM or not word.isalpha():
        return []
    ways = [_fixed(_near(word, 1), FIT["typo"])]
    return [*ways, _fixed(_near(word, 2), FIT["typos"])] if len(word) >= TYPOS_FROM else ways


def _cjk_ways(word: str) -> list[Clause]:
    pairs = [tantivy.Query.term_query(the_schema(), "prose", pair) for pair in words.bigrams(word)]
    together = tantivy.Query.boolean_query([(Occur.Must, pair) for pair in pairs])
    return [_term("name", word), _term("tag_words", word), _fixed(together, FIT["prose"])]


def _whole_clauses(text: str, count: int) -> list[Clause]:
    """What makes a name the one that was meant: all of it was typed, whatever the separators."""
    whole = words.joined(words.words(text)[:MOST_WORDS])
    gains = {"whole": EXACT_NAME if count > 1 else EXACT_WORD, "owner_whole": OWNER}
    if count > 1:
        gains["runs"] = NAME_RUN
    return [
        _fixed(tantivy.Query.term_query(the_schema(), field, whole), gain * count)
        for field, gain in gains.items()
    ]


def _pairs_with(at: int, typed: list[str]) -> list[str]:
    """The word run together with its neighbours: llama 3 is also llama3."""
    neighbours = (typed[max(at - 1, 0) : at + 1], typed[at : at + 2])
    return [words.joined(pair) for pair in neighbours if len(pair) == 2]


def _prose_term(word: str) -> Clause:
    stems = _prose_analyzer().analyze(word)
    terms = [tantivy.Query.term_query(the_schema(), "prose", stem) for stem in stems]
    if len(terms) == 1:
        return terms[0]
    return tantivy.Query.boolean_query([(Occur.Must, term) for term in terms])


def _term(field: str, word: str) -> Clause:
    return _fixed(tantivy.Query.term_query(the_schema(), field, word), FIT[field])


def _near(word: str, distance: int) -> Clause:
    return tantivy.Query.fuzzy_term_query(the_schema(), "name", word, distance=distance)


def _fixed(clause: Clause, fit: float) -> Clause:
    return tantivy.Query.const_score_query(clause, fit)


def _ranges(query: Query) -> list[Clause]:
    found = [
        _range("parameters", query.parameters_min, query.parameters_max),
        _range("context_length", query.context_min, None),
        _range("memory_bytes", None, query.memory_max),
        _range("by_updated", _since(query.updated_since), None),
    ]
    if query.is_runnable is not None:
        found.append(_range("is_runnable", int(query.is_runnable), int(query.is_runnable)))
    return [clause for clause in found if clause is not None]


def _since(date: str) -> int | None:
    """The least value of by_updated from this day on."""
    if not date:
        return None
    day = datetime.fromisoformat(date).replace(tzinfo=UTC)
    return schema.ranked(int(day.timestamp())) << schema.POPULARITY_BITS


def _range(field: str, least: int | None, most: int | None) -> Clause | None:
    if least is None and most is None:
        return None
    found = tantivy.Query.range_query(
        the_schema(), field, FieldType.Unsigned, lower_bound=least, upper_bound=most
    )
    return _fixed(found, 0.0)
