"""What fits a typed text, in Meilisearch's terms: filters over the words that documents hold.

Filters count exactly, know no limit of ten words, and mean the same as the embedded engine's
clauses; how well each fits is worked out in ranking.py from what comes back.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from catalog.search import words
from catalog.search.addresses import key_in
from catalog.search.embedded.schema import prose_analyzer
from catalog.search.meaning import Meaning, Named
from catalog.search.meilisearch import spelling
from catalog.search.meilisearch.filters import Expression, both, either, is_one_of, quoted
from catalog.search.meilisearch.index import Index
from catalog.search.typed import FIT, TYPO_UP_TO, Typed

# Each word more doubles the combinations of which any will do.
COMBINED_UP_TO = 8
NAMED = ("name", "runs", "owner", "owner_whole")
BY_NAME = (*NAMED, "meanings", "id")
# Fields whose words may be begun, and from how many letters on.
BEGUN = {"name": 2, "owner": 2, "runs": 4}

Candidate = Mapping[str, Any]  # a document as it comes back


@dataclass(frozen=True)
class Way:
    """Values of one field, any of which makes a word fit, and how well it fits then."""

    field: str
    values: tuple[str | int, ...]
    fit: float

    @property
    def expression(self) -> Expression:
        return is_one_of(self.field, self.values)

    def is_held_by(self, candidate: Candidate) -> bool:
        held = candidate[self.field]
        present = held if isinstance(held, list) else [held]
        return not set(self.values).isdisjoint(present)


@dataclass(frozen=True)
class Described:
    """A description that holds all of these stems."""

    stems: tuple[str, ...]
    fit: float = FIT["prose"]
    field: str = "stems"

    @property
    def expression(self) -> Expression:
        return both([is_one_of("stems", [stem]) for stem in self.stems])

    def is_held_by(self, candidate: Candidate) -> bool:
        return set(self.stems).issubset(candidate["stems"])


@dataclass(frozen=True)
class Called:
    """A name that holds all of these words, as it does that a term stands for."""

    words: tuple[str, ...]
    fit: float = FIT["named"]
    field: str = "name"

    @property
    def expression(self) -> Expression:
        return both([either([way.expression for way in ways]) for ways in self._ways])

    def is_held_by(self, candidate: Candidate) -> bool:
        return all(any(way.is_held_by(candidate) for way in ways) for ways in self._ways)

    @property
    def _ways(self) -> list[list[Way]]:
        return [
            [Way("name", (word,), self.fit), Way("runs", (word, word.replace(".", "")), self.fit)]
            for word in self.words
        ]


AnyWay = Way | Described | Called


@dataclass(frozen=True)
class Asked:
    """A typed text with the ways in which each of its words can fit, and what fits it whole."""

    typed: Typed
    ways: dict[int, tuple[AnyWay, ...]]
    key: str
    near: Mapping[int, float] = dataclasses.field(
        default_factory=dict
    )  # what means the same, and its fit

    @property
    def stems(self) -> list[str]:
        """What descriptions may hold of the words, and what stands for all models."""
        ways = (way for ways in self.ways.values() for way in ways)
        held = (stem for way in ways if isinstance(way, Described) for stem in way.stems)
        return [spelling.ALL, *held]

    def fitting(self, *, needed: int) -> Expression:
        """At least so many of the words fit in some way."""
        found = _at_least(needed, [either(_expressions(ways)) for ways in self._considered()])
        return either([*self._exactly(), found, *self.nearest(len(self.near))])

    def closest(self, *, needed: int) -> list[Expression]:
        """Narrower and narrower choices of what fits, so that the best are among few of each.

        So many of the words in the name, the publisher's name or the meaning; and of these, as
        they were typed in the name itself, all, or one where another may stand for a meaning.
        """
        near = [either(ways) for ways in self._fits(0) if ways]
        called = [either(ways) for ways in self._fits(FIT["runs"]) if ways]
        if len(near) < needed:
            return []
        closely = _at_least(needed, near)
        if len(called) == len(self.ways) and not self.typed.meant:
            return [closely, both(called)]
        return [closely, both([closely, either(called)])] if called else [closely]

    def exact(self) -> Expression:
        """The model or the publisher that all of the text names."""
        others = [way.expression for way in self.wholly_named]
        own = [f"{field} = {quoted(self.typed.whole)}" for field in ("whole", "owner_whole")]
        return either([*self._exactly(), *own, *others])

    def nearest(self, count: int) -> list[Expression]:
        """The models that mean most nearly the same, if there are any."""
        return [is_one_of("id", list(self.near)[:count])] if self.near else []

    @property
    def wholly_named(self) -> list[Way]:
        """What other names for all of the text stand for."""
        return [
            Way("id", (other.ai_model,), 0)
            if other.ai_model
            else Way("whole", (words.joined(list(other.words)),), 0)
            for other in self.typed.wholly_named
        ]

    def _exactly(self) -> list[Expression]:
        return [f"key = {quoted(self.key)}"] if self.key else []

    def _fits(self, least: float) -> list[list[Expression]]:
        """The ways of each word that are as good as this."""
        return [
            [way.expression for way in ways if way.field in BY_NAME and way.fit >= least]
            for ways in self._considered()
        ]

    def _considered(self) -> list[tuple[AnyWay, ...]]:
        """The ways of each word; of many words those that mean something come first."""
        meant = {at for meaning in self.typed.meant for at in meaning.covered}
        order = sorted(self.ways, key=lambda at: at not in meant)
        return [self.ways[at] for at in order[:COMBINED_UP_TO]]


def asked(typed: Typed, index: Index) -> Asked:
    ways = {at: tuple(_ways(typed, at, index)) for at in typed.places}
    return Asked(typed=typed, ways=ways, key=key_in(typed.text))


def stems(word: str) -> tuple[str, ...]:
    return tuple(prose_analyzer().analyze(word)) or (word,)


def _ways(typed: Typed, at: int, index: Index) -> Iterable[AnyWay]:
    word = typed.words[at]
    if words.is_cjk(word):
        yield from _cjk_ways(word)
    else:
        yield from _latin_ways(typed, at)
        yield from _near_ways(typed, at, index)
    yield from (_named_way(other) for other in typed.named if at in other.covered)
    for meaning in typed.meant:
        if at in meaning.covered and not _is_known(typed, meaning, index):
            yield from _meaning_ways(typed, meaning)


def _is_known(typed: Typed, meaning: Meaning, index: Index) -> bool:
    """Whether what would be a slip is a word that many use: context is not content."""
    return any(
        spelling.count(index, field, value) > TYPO_UP_TO
        for at in meaning.slips
        for field, values in (("name", (typed.words[at],)), ("stems", stems(typed.words[at])))
        for value in values
    )


def _meaning_ways(typed: Typed, meaning: Meaning) -> Iterable[Way]:
    fits = ((meaning.ids, typed.meaning_fit(meaning)), (meaning.besides, FIT["besides"]))
    for ids, fit in fits:
        if ids:
            yield Way("meanings", tuple(sorted(ids)), fit)


def _named_way(other: Named) -> AnyWay:
    """The model that a term stands for, or the names that hold all its words."""
    if other.ai_model:
        return Way("id", (other.ai_model,), FIT["named"])
    return Called(other.words)


def _cjk_ways(word: str) -> Iterable[AnyWay]:
    yield Way("name", (word,), FIT["name"])
    yield Way("tag_words", (word,), FIT["tag_words"])
    yield Described(tuple(words.bigrams(word)))


def _latin_ways(typed: Typed, at: int) -> Iterable[AnyWay]:
    word = typed.words[at]
    for field in (*NAMED, "tag_words"):
        yield Way(field, (word,), FIT[field])
    if word.isdecimal():
        yield Way("name", (f"v{word}",), FIT["version"])
    for pair in (typed.words[max(at - 1, 0) : at + 1], typed.words[at : at + 2]):
        if len(pair) == 2:
            yield Way("name", (words.joined(pair),), FIT["runs"])
            yield Way("runs", (words.joined(pair),), FIT["runs"])
    if not typed.is_phrased(at):
        yield Way("about", (words.root(word),), FIT["about"])
    yield Described(stems(word))


def _near_ways(typed: Typed, at: int, index: Index) -> Iterable[AnyWay]:
    """Slips in names; and the last word may be the beginning of one."""
    word = typed.words[at]
    is_last = at == typed.places[-1]
    begun = [field for field, letters in BEGUN.items() if is_last and len(word) >= letters]
    slipped = ["name"] if spelling.may_slip(word) else []
    for field in dict.fromkeys([*slipped, *begun]):
        found = spelling.near(index, field, word)
        if field in begun and found.starts:
            yield Way(field, found.starts, FIT["start"] * FIT[field])
        if field == "name" and found.one_off:
            yield Way(field, found.one_off, FIT["typo"])
        if field == "name" and found.two_off:
            yield Way(field, found.two_off, FIT["typos"])


def _expressions(ways: Iterable[AnyWay]) -> list[Expression]:
    return [way.expression for way in ways]


def _at_least(needed: int, parts: list[Expression]) -> Expression:
    needed = min(needed, len(parts))
    return either([both(chosen) for chosen in combinations(parts, needed)])
