"""How text becomes words: the same for what is searched and for what is typed."""

import re
from functools import lru_cache

from catalog.vocabulary.spellings import folded

# A dot between digits belongs to the word (3.1, qwen2.5); any other sign parts words.
WORD = re.compile(r"[^\W_]+(?:(?<=\d)\.(?=\d)[^\W_]+)*")
CJK = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
VERSION = re.compile(r"(?<![^-])v(\d+)[.-](\d{1,2})(?![^-])")
LONGEST_RUN = 4

STOP_WORDS = frozenset(
    WORD.findall(
        "a an and any are as at be by can do find for from get give has have how i in into is "
        "it its let like make me model models my need of on onto or please some something that the "
        "their them then there these this those to turn use using want what when where which "
        "while who with without would you your"
    )
)
STOP_WORDS_ZH = ("模型", "一个", "什么", "怎么", "如何", "的", "把", "将", "用", "请", "我")

ENDINGS = re.compile(
    r"(?<=[^\W\d_]{3})"
    r"(?:ations?|at(?:e[sd]?|ing|ors?)|ings?|ions?|en(?:s|ed|ing)?|als?|it(?:y|ies)|e[rs]s?|ors?|ed|es?|s)$"
)
# By their stems; a text's other words decide what is done with it.
SAME = {
    "pictur": "imag",
    "photo": "imag",
    "photograph": "imag",
    "pic": "imag",
    "song": "music",
    "voic": "speech",
    "spok": "speech",
    "film": "video",
    "movi": "video",
}


def sound(text: str) -> str:
    """Without what no database and no engine takes."""
    return text.replace("\0", " ").encode("utf-8", "ignore").decode()


def words(text: str) -> list[str]:
    """The words of a text in order; Chinese and Japanese runs as one word each."""
    return [
        piece
        for word in WORD.findall(folded(text))
        for piece in ([word] if word.isascii() else _parted(word))
    ]


def joined(parts: list[str]) -> str:
    """Words run together, as in allminilml6v2."""
    return "".join(parts).replace(".", "")


def runs(parts: list[str]) -> list[str]:
    """What neighbours give when run together: real-esrgan is also found as realesrgan."""
    dotless = [part.replace(".", "") for part in parts]
    found = [
        "".join(dotless[start:end])
        for start in range(len(parts))
        for end in range(start + 2, min(start + LONGEST_RUN, len(parts)) + 1)
    ]
    changed = [part for part, whole in zip(dotless, parts, strict=True) if part != whole]
    return [*found, *changed, *_versions(parts), "".join(dotless)]


def bigrams(run: str) -> list[str]:
    """A Chinese or Japanese run in overlapping pairs, since its words are not parted."""
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]


def is_cjk(word: str) -> bool:
    return bool(CJK.match(word))


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """Coarse: upscale, upscaler and upscaling become one. For short vocabularies, not for prose."""
    root = ENDINGS.sub("", word)
    return root[:-1] if len(root) > 4 and root[-1] == root[-2] else root


def root(word: str) -> str:
    """The stem, and one word for what people call by several: photo, picture and image."""
    stemmed = stem(word)
    return SAME.get(stemmed, stemmed)


def _versions(parts: list[str]) -> list[str]:
    """v0.3 as 0.3, and v1-5 as 1.5: people leave out the letter, names the dot."""
    written = "-".join(parts)
    if "v" not in written:
        return []
    return [f"{major}.{minor}" for major, minor in VERSION.findall(written)]


def _parted(word: str) -> list[str]:
    """Runs of Chinese apart from what is written beside them without a space."""
    found, at = [], 0
    for match in CJK.finditer(word):
        found += [word[at : match.start()], match[0]]
        at = match.end()
    return [piece for piece in [*found, word[at:]] if piece]
