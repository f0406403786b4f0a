"""What a typed text means in the catalog's vocabulary: tasks and topics, also in Chinese."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cache

from catalog.search.words import STOP_WORDS, STOP_WORDS_ZH, is_cjk, stem, words
from catalog.vocabulary import TaskEntry, TopicEntry, tasks, topics


@dataclass(frozen=True)
class Meaning:
    """A task or topic, and which of the words say so."""

    ids: frozenset[str]
    covered: frozenset[int]


def parted(text: str) -> list[str]:
    """The text's words; in Chinese runs, the vocabulary's terms are words of their own."""
    return [
        piece for word in words(text) for piece in (_terms_in(word) if is_cjk(word) else [word])
    ]


def meanings(text_words: list[str]) -> list[Meaning]:
    """What the words say together; a longer phrase rules out what its parts would mean alone."""
    stems = [stem(word) for word in text_words]
    found = [
        Meaning(ids, covered)
        for phrase, ids in _candidates(stems)
        if (covered := _covered(phrase, stems))
    ]
    return [
        meaning for meaning in found if not any(meaning.covered < other.covered for other in found)
    ]


def _candidates(stems: list[str]) -> list[tuple[tuple[str, ...], frozenset[str]]]:
    table = _phrases()
    return [pair for word in dict.fromkeys(stems) for pair in table.get(word, ())]


def _covered(phrase: tuple[str, ...], stems: list[str]) -> frozenset[int]:
    """Where the phrase's words stand in this order, not necessarily side by side; empty if not."""
    places, start = [], 0
    for word in phrase:
        if word not in stems[start:]:
            return frozenset()
        start = stems.index(word, start) + 1
        places.append(start - 1)
    return frozenset(places)


@cache
def _phrases() -> dict[str, list[tuple[tuple[str, ...], frozenset[str]]]]:
    """(phrase, ids) by the phrase's first word."""
    ids: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    for entry in _entries():
        for spelling in (entry.name, entry.name_zh, *entry.synonyms, *entry.synonyms_zh):
            for phrase in _orders(spelling):
                ids[phrase].add(entry.id)
    filed: defaultdict[str, list[tuple[tuple[str, ...], frozenset[str]]]] = defaultdict(list)
    for phrase, meant in ids.items():
        filed[phrase[0]].append((phrase, frozenset(meant)))
    return dict(filed)


def _entries() -> list[TaskEntry | TopicEntry]:
    return [*tasks(), *topics()]


def _orders(spelling: str) -> list[tuple[str, ...]]:
    """The spelling's words, and two of them turned round unless a `to` stands between."""
    spelled = words(spelling)
    phrase = tuple(stem(word) for word in spelled if word not in STOP_WORDS)
    if not phrase:
        return []
    if len(phrase) == 2 and len(spelled) == 2 and phrase[0] != phrase[1]:
        return [phrase, phrase[::-1]]
    return [phrase]


def _terms_in(run: str) -> list[str]:
    """A Chinese run cut at the longest terms that the vocabulary knows."""
    found, rest = [], ""
    at = 0
    while at < len(run):
        term = _term_at(run, at)
        if term:
            found += [rest, term]
            rest = ""
        else:
            rest += run[at]
        at += len(term) or 1
    return [piece for piece in [*found, rest] if piece]


def _term_at(run: str, at: int) -> str:
    lengths = range(min(12, len(run) - at), 0, -1)
    return next((run[at : at + n] for n in lengths if run[at : at + n] in _chinese_terms()), "")


@cache
def _chinese_terms() -> frozenset[str]:
    spelled = {
        word
        for entry in _entries()
        for spelling in (entry.name_zh, *entry.synonyms_zh)
        for word in words(spelling)
        if is_cjk(word)
    }
    return frozenset(spelled | set(STOP_WORDS_ZH))
