"""Which language a code or a name means."""

import re
from functools import cache, lru_cache

from catalog.vocabulary.files import languages
from catalog.vocabulary.spellings import LONGEST, index, key

SCRIPTS = frozenset(
    re.findall(
        r"\w+",
        """
        arab armn beng bopo cans cher copt cyrl deva ethi geor goth grek gujr guru hang hani hans
        hant hebr hira jpan kana khmr knda kore laoo latn limb mlym mong mtei mymr nkoo olck orya
        sinh syrc taml telu tfng thaa thai tibt vaii yiii
        """,
    )
)


def language_of(raw: object) -> str | None:
    """The shortest ISO 639 code for a code or a name: "eng", "en-US" and "English" are `en`.

    False is Norwegian, because YAML reads `no` so. None for no language, such as "on-device".
    Meant for fields that hold languages: among free tags, `rag` and `sam` are languages too.
    """
    if raw is False:
        return "no"
    return _language(raw) if isinstance(raw, str) and len(raw) <= LONGEST else None


@lru_cache(maxsize=8192)
def _language(raw: str) -> str | None:
    spelling = key(raw)
    if found := _ids().get(spelling):
        return found
    code, _, rest = spelling.partition("-")
    language = _codes().get(code)
    if (
        language
        and rest
        and all(part in SCRIPTS or part in _regions()[language] for part in rest.split("-"))
    ):
        return language
    return None


@cache
def _ids() -> dict[str, str]:
    return index(
        ((language.id, language.id) for language in languages()),
        ((spelling, language.id) for language in languages() for spelling in language.aliases),
        ((language.name, language.id) for language in languages()),
        ((language.name_zh, language.id) for language in languages()),
    )


@cache
def _codes() -> dict[str, str]:
    """The codes alone, because only a code takes a region: `en-us`, but not `english-us`."""
    return {
        spelling: id for spelling, id in _ids().items() if len(spelling) <= 3 and spelling.isascii()
    }


@cache
def _regions() -> dict[str, frozenset[str]]:
    return {language.id: frozenset(map(str.lower, language.regions)) for language in languages()}
