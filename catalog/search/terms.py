"""What words mean: by the vocabulary, and by what curators say, read anew when it changed."""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from django.db.models import Count, Max, Sum

from catalog.models import SearchTerm
from catalog.search.words import STOP_WORDS, is_cjk, root, words
from catalog.vocabulary import TaskEntry, TopicEntry, tasks, terms, topics
from catalog.vocabulary.spellings import run_together

SECONDS = 2.0  # that a process may be behind a curator
LEAST_SAID = 2  # words; of a phrase with fewer, stop words count too
NOTHING_SAID = (0, None, None)  # the stamp of no rows: the vocabulary alone

Phrase = tuple[str, ...]
Stamp = tuple[int, int | None, int | None]


@dataclass(frozen=True)
class Meant:
    """What is looked for instead of a term: the words that names hold, or one model."""

    words: tuple[str, ...] = ()
    ai_model: int | None = None


@dataclass(frozen=True)
class Table:
    phrases: dict[str, list[tuple[Phrase, frozenset[str]]]]  # with ids, by the first word's root
    latin: dict[str, set[str]]  # words of phrases as they are written, by their first letter
    named: dict[str, Meant]  # by the term's words run together
    chinese: frozenset[str]  # terms that are words of their own within a run


@dataclass(frozen=True)
class Held:
    table: Table
    stamp: Stamp
    until: float


_held: Held | None = None


def table() -> Table:
    """At most SECONDS behind the newest change; asks the database no more often than that."""
    held = _held
    if held and time.monotonic() < held.until:
        return held.table
    return _looked_up(held)


def forget() -> None:
    """Look at the database next time; the vocabulary alone stays the same, and is not read anew."""
    global _held  # noqa: PLW0603 one table a process is the point
    _held = replace(_held, until=0.0) if _held and _held.stamp == NOTHING_SAID else None


def _looked_up(held: Held | None) -> Table:
    global _held  # noqa: PLW0603
    stamp = _stamp()
    known = held.table if held and held.stamp == stamp else _read()
    _held = Held(known, stamp, time.monotonic() + SECONDS)
    return known


def _stamp() -> Stamp:
    """Differs after every change: an edit counts its row's revision up, and ids never return."""
    found = SearchTerm.objects.aggregate(
        count=Count("pk"), newest=Max("pk"), revisions=Sum("revision")
    )
    return found["count"], found["newest"], found["revisions"]


def _read() -> Table:
    rows = list(SearchTerm.objects.all())
    overruled = {row.key for row in rows}
    phrases = [
        *((spelled, id) for spelled, id in _defaults() if run_together(spelled) not in overruled),
        *((row.text, row.task_id or row.topic) for row in rows if row.task_id or row.topic),
    ]
    named = {run_together(term.spelled): Meant(words=tuple(words(term.means))) for term in terms()}
    named = {key: meant for key, meant in named.items() if key not in overruled}
    named |= {row.key: _meant(row) for row in rows if row.spelling or row.ai_model_id}
    texts = [*(spelled for spelled, _ in phrases), *named]
    return Table(
        phrases=_filed(phrases),
        latin=_by_first_letter(text for text, _ in phrases),
        named=named,
        chinese=frozenset(word for text in texts for word in words(text) if is_cjk(word)),
    )


def _by_first_letter(texts: Iterable[str]) -> dict[str, set[str]]:
    filed: defaultdict[str, set[str]] = defaultdict(set)
    for text in texts:
        for word in words(text):
            if word.isascii():
                filed[word[0]].add(word)
    return dict(filed)


def _meant(row: SearchTerm) -> Meant:
    return Meant(words=tuple(words(row.spelling)), ai_model=row.ai_model_id)


def _defaults() -> Iterator[tuple[str, str]]:
    """(spelling, id) of every task and topic."""
    entries: list[TaskEntry | TopicEntry] = [*tasks(), *topics()]
    for entry in entries:
        for spelled in (entry.name, entry.name_zh, *entry.synonyms, *entry.synonyms_zh):
            yield spelled, entry.id


def _filed(spelled: list[tuple[str, str]]) -> dict[str, list[tuple[Phrase, frozenset[str]]]]:
    ids: defaultdict[Phrase, set[str]] = defaultdict(set)
    for text, id in spelled:
        for phrase in _orders(text):
            ids[phrase].add(id)
    filed: defaultdict[str, list[tuple[Phrase, frozenset[str]]]] = defaultdict(list)
    for phrase, meant in ids.items():
        filed[phrase[0]].append((phrase, frozenset(meant)))
    return dict(filed)


def _orders(text: str) -> list[Phrase]:
    """The words' roots, and two of them turned round unless a `to` stands between."""
    spelled = words(text)
    said = [word for word in spelled if word not in STOP_WORDS]
    if not said:
        return []
    phrase = tuple(root(word) for word in (said if len(said) >= LEAST_SAID else spelled))
    if len(phrase) == 2 and len(spelled) == 2 and phrase[0] != phrase[1]:
        return [phrase, phrase[::-1]]
    return [phrase]
