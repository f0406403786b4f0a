"""What a typed text means in the catalog's vocabulary: tasks, topics, and names by other names."""

import re
from dataclasses import dataclass
from functools import cache

from catalog.search import slips, terms
from catalog.search.documents import also
from catalog.search.words import STOP_WORDS, STOP_WORDS_ZH, is_cjk, joined, root, words
from catalog.vocabulary import languages, topics

LONGEST_TERM = 8  # words
LEAST_NAME = 5  # letters
SPOKEN = "language:"
# Ways to say "turn into", which the vocabulary's terms say with one sign.
TURNED = re.compile("转换?[成为]|转化[成为]?|转换|变[成为]")
LANGUAGES = {
    **{"中": "中文", "汉": "中文", "英": "英语", "日": "日语", "韩": "韩语", "德": "德语"},
    **{"法": "法语", "俄": "俄语", "西": "西班牙语", "葡": "葡萄牙语", "意": "意大利语"},
    **{"阿": "阿拉伯语", "泰": "泰语", "越": "越南语"},
}
PAIR = re.compile("([{0}])[译翻]([{0}])".format("".join(LANGUAGES)))


@dataclass(frozen=True)
class Meaning:
    """A task, topic or language, and which of the words say so."""

    ids: frozenset[str]
    covered: frozenset[int]
    slips: frozenset[int] = frozenset()  # which of them only when a slip is mended

    @property
    def besides(self) -> list[str]:
        """What fits it less surely: a model of any language, or of another ability."""
        found = [id for id in self.ids if id.startswith(SPOKEN)]
        return [f"{SPOKEN}multilingual"] if found else sorted(map(also, self.ids & _carried()))


@dataclass(frozen=True)
class Named:
    """Another name for some of the words: what names hold instead, or one model."""

    words: tuple[str, ...]
    ai_model: int | None
    covered: frozenset[int]


def parted(text: str) -> list[str]:
    """The text's words; in Chinese runs, the vocabulary's terms are words of their own."""
    return [
        piece for word in words(text) for piece in (_terms_in(word) if is_cjk(word) else [word])
    ]


def meanings(typed: list[str]) -> list[Meaning]:
    """What the words say together; a longer phrase rules out what its parts would mean alone.

    `covered` counts the typed words from 0, without stop words.
    """
    order = _order(typed)
    known = terms.table().latin
    mended = {at: slips.mended(word, known) for at, word in enumerate(typed)}
    slipped = frozenset(at for at, word in enumerate(typed) if mended[at] != word)
    roots = [root(mended[at]) for at in order]
    found = [
        Meaning(ids, frozenset(order[place] for place in places))
        for phrase, ids in _candidates(roots)
        if (places := _places(phrase, roots))
    ]
    said = frozenset(at for at, word in enumerate(typed) if word not in STOP_WORDS)
    spoken = [Meaning(frozenset([f"{SPOKEN}{id}"]), frozenset([at])) for at, id in _spoken(typed)]
    return [
        *spoken,
        *(
            Meaning(
                meaning.ids, meaning.covered & said or meaning.covered, meaning.covered & slipped
            )
            for meaning in found
            if not any(meaning.covered < other.covered for other in found)
        ),
    ]


def named(typed: list[str]) -> list[Named]:
    """What neighbouring words are another name for, whatever stands between them."""
    table = terms.table().named
    found: list[Named] = []
    for start in range(len(typed)):
        run = ""
        for end in range(start, min(start + LONGEST_TERM, len(typed))):
            run += joined(typed[end : end + 1])
            if meant := table.get(run):
                covered = frozenset(range(start, end + 1))
                found.append(Named(meant.words, meant.ai_model, covered))
    return [*found, *_pairs(typed)]


def _spoken(typed: list[str]) -> list[tuple[int, str]]:
    """Where which language is named."""
    return [(at, id) for at, word in enumerate(typed) if (id := _languages().get(word))]


def _pairs(typed: list[str]) -> list[Named]:
    """English to German is en-de in names."""
    spoken = _spoken(typed)
    if len(spoken) != 2:
        return []
    (first, source), (second, target) = spoken
    return [Named((source + target,), None, frozenset([first, second]))]


def _order(typed: list[str]) -> list[int]:
    """Where to read in which order: a video from a photo is a photo to a video."""
    places = list(range(len(typed)))
    if "from" not in typed:
        return places
    at = typed.index("from")
    return [*places[at + 1 :], *places[:at]]


def _candidates(roots: list[str]) -> list[tuple[tuple[str, ...], frozenset[str]]]:
    table = terms.table().phrases
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


def _terms_in(run: str) -> list[str]:
    """A Chinese run cut at the longest terms that the vocabulary knows."""
    run = TURNED.sub("转", run)
    run = PAIR.sub(lambda pair: f"{LANGUAGES[pair[1]]}翻译{LANGUAGES[pair[2]]}", run)
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
    known = terms.table().chinese
    return next((run[at : at + n] for n in lengths if _is_term(run[at : at + n], known)), "")


def _is_term(word: str, known: frozenset[str]) -> bool:
    return word in known or word in STOP_WORDS_ZH or word in _languages()


@cache
def _carried() -> frozenset[str]:
    """Tasks that a model may carry without doing what they are called."""
    return frozenset(task for topic in topics() for task in topic.apart_from)


@cache
def _languages() -> dict[str, str]:
    """The id of each language by its name in English and Chinese; codes are words of their own."""
    names = [
        (name, entry.id)
        for entry in languages()
        for name in (entry.name, entry.name_zh, *filter(_is_name, entry.aliases))
    ]
    return {
        spelled[0]: id
        for name, id in reversed(names)
        if len(spelled := words(name)) == 1 and len(spelled[0]) > 1
    }


def _is_name(alias: str) -> bool:
    """Not a code."""
    return len(alias) >= LEAST_NAME or is_cjk(alias)
