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
ALL_REQUIRED = 3  # words; of longer texts, most are enough

# How well a word fits by where it stands. Popularity multiplies the sum (documents.weight_of).
FIT = {
    "name": 1.0,
    "runs": 0.95,
    "start": 0.8,
    "owner": 0.75,
    "meaning": 0.8,
    "typo": 0.6,
    "typos": 0.45,
    "tag_words": 0.5,
    "prose": 0.4,
}
EXACT_ID = 1000.0
EXACT_NAME = 1.0
NAME_RUN = 0.3
TYPO_FROM, TYPOS_FROM = 4, 9  # letters


@cache
def _prose_analyzer() -> tantivy.TextAnalyzer:
    return schema.prose_analyzer()


def text_clause(text: str, *, leniency: int = 0) -> Clause:
    """What fits the text. Leniency 1 lets some words be missing, 2 all but one."""
    typed = _content(parted(text))[:MOST_WORDS]
    if not typed:
        return tantivy.Query.empty_query()
    meant = meanings(typed)
    parts = [_word_clause(at, typed, meant) for at in range(len(typed))]
    fitting = tantivy.Query.boolean_query(
        [(Occur.Should, part) for part in parts],
        minimum_number_should_match=_needed(len(parts), leniency),
    )
    whole = [(Occur.Should, clause) for clause in _whole_clauses(text, len(typed))]
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


def _content(typed: list[str]) -> list[str]:
    """Without stop words, unless nothing else was typed."""
    content = [word for word in typed if word not in STOP_WORDS and word not in STOP_WORDS_ZH]
    return content or typed


def _needed(count: int, leniency: int) -> int:
    if leniency == 2:
        return 1
    if leniency == 1:
        return max(1, count - 1 if count <= ALL_REQUIRED else count // 2)
    return count if count <= ALL_REQUIRED else -(-count * 2 // 3)


def _word_clause(at: int, typed: list[str], meant: list[Meaning]) -> Clause:
    """The best of the ways in which one typed word can fit."""
    word = typed[at]
    ways = _cjk_ways(word) if words.is_cjk(word) else _latin_ways(at, typed)
    ids = sorted({id for meaning in meant if at in meaning.covered for id in meaning.ids})
    if ids:
        found = tantivy.Query.term_set_query(the_schema(), "meanings", ids)
        ways.append(_fixed(found, FIT["meaning"]))
    return tantivy.Query.disjunction_max_query(ways)


def _latin_ways(at: int, typed: list[str]) -> list[Clause]:
    word = typed[at]
    ways = [_term(field, word) for field in ("name", "runs", "owner", "tag_words")]
    ways.append(_fixed(_prose_term(word), FIT["prose"]))
    ways += [
        _fixed(tantivy.Query.term_query(the_schema(), "name", pair), FIT["runs"])
        for pair in _pairs_with(at, typed)
    ]
    if at == len(typed) - 1:
        ways += _start_ways(word)
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
    return [
        _fixed(tantivy.Query.term_query(the_schema(), "whole", whole), EXACT_NAME * count),
        _fixed(tantivy.Query.term_query(the_schema(), "runs", whole), NAME_RUN * count),
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
