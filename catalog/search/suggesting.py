"""What somebody who is still typing may mean: models, publishers, tasks and collections."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import TypeAlias

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from catalog.models import AIModel, Publisher
from catalog.models.beginnings import begins
from catalog.search import find
from catalog.search.addresses import plain
from catalog.search.meaning import meanings, parted
from catalog.search.query import Query
from catalog.search.words import STOP_WORDS, is_cjk, joined, words
from catalog.vocabulary.spellings import folded

LEAST = 2  # letters; one Chinese character is enough
RUN_TOGETHER = 4  # letters from which a name is also compared without its separators
NO_FIT = 9

MOST_NAMED = 100

Spellings: TypeAlias = list[tuple[str, str]]
Named: TypeAlias = Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Found:
    """Models by id, best first, and how many there are in all."""

    ids: list[int]
    total: int


def says_enough(text: str) -> bool:
    return len(text) >= LEAST or is_cjk(text)


def models(text: str, *, limit: int) -> Found:
    """What find() finds, after those whose owner/name begins like the text."""
    results = find(Query(text=text, limit=limit))
    ids = dict.fromkeys([*_beginning(plain(text), limit), *results.ids])
    return Found(list(ids)[:limit], max(results.total, len(ids)))


def publishers(text: str, named: Named, *, limit: int) -> list[Publisher]:
    """Those whose slug or name begins like the text; the one of the most popular model first.

    `named` has every publisher with a name apart from the slug, as (folded name, id), sorted.
    """
    start = " ".join(folded(text.split("/")[0]).split())
    if not start:
        return []
    fitting = Q(pk__in=_begun(named, start)) if named else Q()
    parts = words(start)
    for spelling in {start, "-".join(parts), "".join(parts)} - {""}:
        fitting |= begins("key", spelling)
    found = Publisher.objects.filter(fitting).annotate(most=Subquery(_most_popular()))
    best = found.order_by(F("most").desc(nulls_last=True), "key").only("slug", "name")
    return [one for one in best[:limit] if one.most is not None]  # type: ignore[attr-defined]


def names_publisher(text: str, named: Named) -> bool:
    """Whether publishers() has one that is called so: much quicker to say than which."""
    start, parts = " ".join(folded(text).split()), words(text)
    keys = {start, "-".join(parts), "".join(parts)}
    at = bisect_left(named, (start, 0))
    is_called = at < len(named) and named[at][0] == start
    return is_called or Publisher.objects.filter(key__in=keys).exists()


def named_tasks(text: str, called: Mapping[str, Iterable[str]]) -> set[str]:
    """Those that tasks() finds to fit best; `called` has the ids by all that spellings() gave."""
    start = " ".join(words(text))
    return {*called.get(start, ()), *_understood(text)} if start else set()


def tasks(text: str, spelled: Iterable[tuple[str, Spellings]]) -> dict[str, int]:
    """Which tasks a beginning of their names means, by id, with how well: 0 is best.

    `spelled` has for each id what the task is called, in every language, as spellings() gives it.
    """
    typed = words(text)
    start, run = " ".join(typed), joined(typed)
    if not start:
        return {}
    understood = _understood(text)
    fits = {
        id: 0 if id in understood else min(_fit(start, run, *name) for name in names)
        for id, names in spelled
    }
    return {id: fit for id, fit in fits.items() if fit < NO_FIT}


def spellings(names: Iterable[str]) -> Spellings:
    """Names as tasks() compares them: their words, and these run together."""
    parted = dict.fromkeys(tuple(words(name)) for name in names)
    return [(" ".join(name), joined(list(name))) for name in parted if name]


def has_beginning(name: str, text: str) -> bool:
    """Whether one of the name's words begins like the text, or the text stands in Chinese."""
    start, whole = " ".join(words(text)), " ".join(words(name))
    return bool(start) and (f" {start}" in f" {whole}" or (is_cjk(start) and start in whole))


def _beginning(text: str, limit: int) -> list[int]:
    if "/" not in text:
        return []
    begun = AIModel.objects.filter(begins("key", folded(text))).still_listed()
    return list(begun.by_popularity().values_list("pk", flat=True)[:limit])


def _begun(named: Named, start: str) -> list[int]:
    first = bisect_left(named, (start, 0))
    begun = takewhile(lambda one: one[0].startswith(start), islice(named, first, None))
    return [id for _, id in islice(begun, MOST_NAMED)]


def _most_popular() -> QuerySet[AIModel, float]:
    """The popularity of a publisher's best known model."""
    own = AIModel.objects.filter(publisher=OuterRef("pk")).still_listed()
    return own.order_by("-popularity").values_list("popularity", flat=True)[:1]


def _understood(text: str) -> set[str]:
    """What all words of the text say together, as in turn speech into text."""
    typed = parted(text)
    said = {at for at, word in enumerate(typed) if word not in STOP_WORDS}
    return {id for one in meanings(typed) if said <= one.covered for id in one.ids}


def _fit(start: str, run: str, name: str, name_run: str) -> int:
    if name == start:
        return 0
    if name.startswith(start):
        return 1
    if f" {start}" in name or (is_cjk(start) and start in name):
        return 2
    return 3 if len(run) >= RUN_TOGETHER and name_run.startswith(run) else NO_FIT
