"""What a typed text means in the catalog's vocabulary: tasks and topics, also in Chinese."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cache

from catalog.search.words import STOP_WORDS, STOP_WORDS_ZH, is_cjk, root, words
from catalog.vocabulary import TaskEntry, TopicEntry, languages, tasks, topics


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


def meanings(typed: list[str]) -> list[Meaning]:
    """What the words say together; a longer phrase rules out what its parts would mean alone.

    `covered` counts the typed words from 0, stop words included.
    """
    order = [at for at in _order(typed) if typed[at] not in STOP_WORDS]
    roots = [root(typed[at]) for at in order]
    found = [
        Meaning(ids, frozenset(order[place] for place in places))
        for phrase, ids in _candidates(roots)
        if (places := _places(phrase, roots))
    ]
    spoken = [
        Meaning(frozenset([f"language:{id}"]), frozenset([at]))
        for at, word in enumerate(typed)
        if (id := _languages().get(word))
    ]
    return [
        *spoken,
        *(
            meaning
            for meaning in found
            if not any(meaning.covered < other.covered for other in found)
        ),
    ]


def _order(typed: list[str]) -> list[int]:
    """Where to read in which order: a video from a photo is a photo to a video."""
    places = list(range(len(typed)))
    if "from" not in typed:
        return places
    at = typed.index("from")
    return [*places[at + 1 :], *places[:at]]


def _candidates(roots: list[str]) -> list[tuple[tuple[str, ...], frozenset[str]]]:
    table = _phrases()
    return [pair for word in dict.fromkeys(roots) for pair in table.get(word, ())]


def _places(phrase: tuple[str, ...], roots: list[str]) -> list[int]:
    """Where the phrase's words stand in this order, not necessarily side by side; none if not."""
    places: list[int] = []
    for word in phrase:
        start = places[-1] + 1 if places else 0
        if word not in roots[start:]:
            return []
        places.append(roots.index(word, start))
    return places


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
    phrase = tuple(root(word) for word in spelled if word not in STOP_WORDS)
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
def _languages() -> dict[str, str]:
    """The id of each language by its name in English and Chinese; codes are words of their own."""
    return {
        spelled[0]: entry.id
        for entry in languages()
        for name in (entry.name, entry.name_zh)
        if len(spelled := words(name)) == 1 and len(spelled[0]) > 1
    }


@cache
def _chinese_terms() -> frozenset[str]:
    spelled = {
        word
        for entry in _entries()
        for spelling in (entry.name_zh, *entry.synonyms_zh)
        for word in words(spelling)
        if is_cjk(word)
    }
    named = {name for name in _languages() if is_cjk(name)}
    return frozenset(spelled | named | set(STOP_WORDS_ZH))
