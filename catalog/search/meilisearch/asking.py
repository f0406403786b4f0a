"""What fits a typed text, in Meilisearch's terms: filters over the words that documents hold.

Filters count exactly, know no limit of ten words, and mean the same as the embedded engine's
clauses; how well each fits is worked out in ranking.py from what comes back.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import combinations

from catalog.search import words
from catalog.search.addresses import key_in
from catalog.search.embedded.schema import prose_analyzer
from catalog.search.meilisearch import spelling
from catalog.search.meilisearch.filters import Expression, both, either, is_one_of, quoted
from catalog.search.meilisearch.spelling import Near
from catalog.search.typed import FIT, MOST_WORDS, Typed

# Each word more doubles the combinations of which any will do.
COMBINED_UP_TO = 8
NAMED = ("name", "runs", "owner", "owner_whole")
BY_NAME = (*NAMED, "meanings")
# Fields whose words may be begun, and from how many letters on.
BEGUN = {"name": 2, "owner": 2, "runs": 4}

NearWords = Callable[[str, str], Near]  # of a field, near a word


@dataclass(frozen=True)
class Way:
    """Values of one field, any of which makes a word fit, and how well it fits then."""

    field: str
    values: tuple[str, ...]
    fit: float
    is_all: bool = False  # all of the values are needed

    @property
    def expression(self) -> Expression:
        if self.is_all:
            return both([f"{self.field} = {quoted(value)}" for value in self.values])
        return is_one_of(self.field, self.values)


@dataclass(frozen=True)
class Asked:
    """A typed text with the ways in which each of its words can fit, and what fits it whole."""

    typed: Typed
    ways: dict[int, tuple[Way, ...]]
    wholes: dict[str, str]  # the text run together, by the field that may hold just that
    key: str

    @property
    def stems(self) -> list[str]:
        """What descriptions may hold of the words, and what stands for all models."""
        held = [way.values for ways in self.ways.values() for way in ways if way.is_all]
        return [spelling.ALL, *(stem for values in held for stem in values)]

    def fitting(self, *, needed: int) -> Expression:
        """At least so many of the words fit in some way."""
        found = _at_least(needed, [either(_expressions(ways)) for ways in self._considered()])
        return either([*self._exactly(), found])

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
        wholes = [f"{field} = {quoted(value)}" for field, value in self.wholes.items()]
        return either([*self._exactly(), *wholes])

    def _exactly(self) -> list[Expression]:
        return [f"key = {quoted(self.key)}"] if self.key else []

    def _fits(self, least: float) -> list[list[Expression]]:
        """The ways of each word that are as good as this."""
        return [
            [way.expression for way in ways if way.field in BY_NAME and way.fit >= least]
            for ways in self._considered()
        ]

    def _considered(self) -> list[tuple[Way, ...]]:
        """The ways of each word; of many words those that mean something come first."""
        meant = {at for meaning in self.typed.meant for at in meaning.covered}
        order = sorted(self.ways, key=lambda at: at not in meant)
        return [self.ways[at] for at in order[:COMBINED_UP_TO]]


def asked(typed: Typed, near: NearWords) -> Asked:
    whole = words.joined(words.words(typed.text)[:MOST_WORDS])
    return Asked(
        typed=typed,
        ways={at: tuple(_ways(typed, at, near)) for at in typed.places},
        wholes={"whole": whole, "owner_whole": whole},
        key=key_in(typed.text),
    )


def stems(word: str) -> tuple[str, ...]:
    return tuple(prose_analyzer().analyze(word)) or (word,)


def _ways(typed: Typed, at: int, near: NearWords) -> Iterable[Way]:
    word = typed.words[at]
    if words.is_cjk(word):
        yield from _cjk_ways(word)
    else:
        yield from _latin_ways(typed, at)
        yield from _near_ways(typed, at, near)
    ids = {id for meaning in typed.meant if at in meaning.covered for id in meaning.ids}
    if ids:
        yield Way("meanings", tuple(sorted(ids)), typed.meaning_fit())


def _cjk_ways(word: str) -> Iterable[Way]:
    yield Way("name", (word,), FIT["name"])
    yield Way("tag_words", (word,), FIT["tag_words"])
    yield Way("stems", tuple(words.bigrams(word)), FIT["prose"], is_all=True)


def _latin_ways(typed: Typed, at: int) -> Iterable[Way]:
    word = typed.words[at]
    for field in (*NAMED, "tag_words"):
        yield Way(field, (word,), FIT[field])
    for pair in (typed.words[max(at - 1, 0) : at + 1], typed.words[at : at + 2]):
        if len(pair) == 2:
            yield Way("name", (words.joined(pair),), FIT["runs"])
            yield Way("runs", (words.joined(pair),), FIT["runs"])
    if not typed.is_phrased(at):
        yield Way("about", (words.root(word),), FIT["about"])
    yield Way("stems", stems(word), FIT["prose"], is_all=True)


def _near_ways(typed: Typed, at: int, near: NearWords) -> Iterable[Way]:
    """Slips in names; and the last word may be the beginning of one."""
    word = typed.words[at]
    is_last = at == typed.places[-1]
    begun = [field for field, letters in BEGUN.items() if is_last and len(word) >= letters]
    slipped = ["name"] if spelling.may_slip(word) else []
    for field in dict.fromkeys([*slipped, *begun]):
        found = near(field, word)
        if field in begun and found.starts:
            yield Way(field, found.starts, FIT["start"] * FIT[field])
        if field == "name" and found.one_off:
            yield Way(field, found.one_off, FIT["typo"])
        if field == "name" and found.two_off:
            yield Way(field, found.two_off, FIT["typos"])


def _expressions(ways: Iterable[Way]) -> list[Expression]:
    return [way.expression for way in ways]


def _at_least(needed: int, parts: list[Expression]) -> Expression:
    needed = min(needed, len(parts))
    return either([both(chosen) for chosen in combinations(parts, needed)])
