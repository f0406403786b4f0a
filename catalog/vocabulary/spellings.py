"""How two spellings of one name are told to be the same."""

import re
import unicodedata
from collections.abc import Iterable

LONGEST = 300  # characters; a longer text is prose, not a name

ACCENTS = re.compile(r"[\u0300-\u036f]+")
WORD = re.compile(r"[^\W_]+")
SEPARATORS = re.compile(r"[\s_\-\u2010-\u2015]+")


def key(spelling: str) -> str:
    """The form in which spellings are compared: no case, one hyphen for spaces, "_" and dashes.

    >>> key(" Apache_License  2.0 ")
    'apache-license-2.0'
    """
    return SEPARATORS.sub("-", spelling.strip().casefold()).strip("-")


def folded(text: str) -> str:
    """Small letters without accents, wide forms made narrow."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", ACCENTS.sub("", parts))


def run_together(text: str) -> str:
    """Letters and digits alone: Nano-Banana and "nano banana" are one.

    >>> run_together("Stable Diffusion 1.5")
    'stablediffusion15'
    """
    return "".join(WORD.findall(folded(text)))


def index(*rounds: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The id by key, from rounds of (spelling, id); an earlier round and an earlier pair win."""
    found: dict[str, str] = {}
    for pairs in rounds:
        for spelling, id in pairs:
            found.setdefault(key(spelling), id)
    return found
