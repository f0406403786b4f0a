"""What fits a typed text, in the engine's terms. Nothing typed is ever parsed as its syntax."""

import math
from collections.abc import Sequence
from functools import cache

import tantivy
from tantivy import Occur

from catalog.search import words
from catalog.search.addresses import key_in
from catalog.search.embedded import schema
from catalog.search.embedded.schema import the_schema
from catalog.search.meaning import Meaning, Named
from catalog.search.typed import (
    EXACT_ID,
    EXACT_NAME,
    EXACT_WORD,
    FIT,
    NAME_RUN,
    OWNER,
    PROSE_LEAST,
    TYPO_FROM,
    TYPO_UP_TO,
    TYPOS_FROM,
    Typed,
)

Clause = tantivy.Query


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


def with_near(fits: Clause | None, near: Sequence[tuple[int, float]]) -> Clause:
    """What fits, and models of these ids, each with what it adds to its fit."""
    ids = [
        (Occur.Should, _fixed(tantivy.Query.term_query(the_schema(), "id", id), fit))
        for id, fit in near
    ]
    found = [(Occur.Should, fits)] if fits else []
    return tantivy.Query.boolean_query([*found, *ids])


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
    ways += [_named_way(other) for other in typed.named if at in other.covered]
    for meaning in typed.meant:
        if at in meaning.covered and not _is_known(typed, meaning, searcher):
            ways += _meaning_ways(typed, meaning)
    return tantivy.Query.disjunction_max_query(ways)


def _is_known(typed: Typed, meaning: Meaning, searcher: tantivy.Searcher) -> bool:
    """Whether what would be a slip is a word that many use: context is not content."""
    return any(
        searcher.doc_freq(field, stem) > TYPO_UP_TO
        for at in meaning.slips
        for field, stems in (
            ("name", [typed.words[at]]),
            ("prose", _prose_analyzer().analyze(typed.words[at])),
        )
        for stem in stems
    )


def _meaning_ways(typed: Typed, meaning: Meaning) -> list[Clause]:
    fits = ((sorted(meaning.ids), typed.meaning_fit(meaning)), (meaning.besides, FIT["besides"]))
    return [_fixed(_exactly("meanings", id), fit) for ids, fit in fits for id in ids]


def _latin_ways(word: str) -> list[Clause]:
    ways = [_term(field, word) for field in ("name", "runs", "owner", "owner_whole", "tag_words")]
    if word.isdecimal():
        ways.append(_fixed(_exactly("name", f"v{word}"), FIT["version"]))
    return ways


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


def _named_way(other: Named) -> Clause:
    """The model that a term stands for, or the names that hold all its words."""
    if other.ai_model:
        return _fixed(_with_id(other.ai_model), FIT["named"])
    held = [(Occur.Must, _in_name(word)) for word in other.words]
    return _fixed(tantivy.Query.boolean_query(held), FIT["named"])


def _with_id(id: int) -> Clause:
    return tantivy.Query.term_set_query(the_schema(), "id", [id])


def _in_name(word: str) -> Clause:
    run = word.replace(".", "")
    places = (("name", word), ("runs", word), ("runs", run))
    return tantivy.Query.boolean_query(
        [(Occur.Should, _exactly(field, spelled)) for field, spelled in places]
    )


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
    count = len(typed.places)
    gains = {"whole": EXACT_NAME if count > 1 else EXACT_WORD, "owner_whole": OWNER}
    if count > 1:
        gains["runs"] = NAME_RUN
    own = [_fixed(_exactly(field, typed.whole), gain * count) for field, gain in gains.items()]
    return [*own, *(part for other in typed.wholly_named for part in _whole_of(other, count))]


def _whole_of(other: Named, count: int) -> list[Clause]:
    """The same for another name of all that was typed."""
    if other.ai_model:
        return [_fixed(_with_id(other.ai_model), EXACT_NAME * count)]
    whole = words.joined(list(other.words))
    gains = {"whole": EXACT_NAME, "runs": NAME_RUN}
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
