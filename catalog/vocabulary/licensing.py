"""Which license a text names, and what a company may do under it."""

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache, lru_cache
from urllib.parse import unquote

from catalog.vocabulary.files import licenses
from catalog.vocabulary.spellings import LONGEST, index, key

OPEN = "open"
CONDITIONAL = "conditional"
NON_COMMERCIAL = "non-commercial"
UNKNOWN = "unknown"
LICENSE_CLASSES = (OPEN, CONDITIONAL, UNKNOWN, NON_COMMERCIAL)  # from the freest to the strictest

SEVERAL = re.compile(r"\s*[,;|+/]\s*|[\s_-]+(?:and|or)[\s_-]+", re.IGNORECASE)
PLAINLY_NON_COMMERCIAL = re.compile(r"\bnon-?commercial\b|\bresearch-only\b|-nc(?:-|$)")
ADDRESS = re.compile(r"https?://(?:www\.)?", re.IGNORECASE)
LISTED_AT = re.compile(
    r"huggingface\.co/models\?license=license:(?P<hub>[^&#]+)"
    r"|huggingface\.co/datasets/choosealicense/licenses/blob/main/markdown/(?P<copy>[^/]+)"
    r"|(?:choosealicense\.com|spdx\.org|opensource\.org)/licenses?/(?P<list>[^/#?]+)"
)
CREATIVE_COMMONS_AT = re.compile(
    r"creativecommons\.org/licenses/(?P<terms>by[a-z-]*)/(?P<version>[\d.]+)(?:/(?:deed|legalcode).*)?"
)
FILE_ENDING = re.compile(r"(?:/|\.html|\.txt|\.md)+$")


def license_of(raw: object) -> str | None:
    """The canonical id of the one license that a text, an address or a list of one names.

    None for free text, for no license, and for several different ones: those are no one license,
    the raw text tells them and `license_class_of` judges them together.
    """
    if isinstance(raw, str):
        return _license(raw[:LONGEST])
    named = {_license(text) for text in _texts(raw)}
    return named.pop() if len(named) == 1 else None


def license_class_of(raw: object) -> str:
    """One of LICENSE_CLASSES for a raw text, an address, a list or an id; the strictest of several.

    A text that we do not know is `unknown`, unless it says itself that it is non-commercial.
    """
    if isinstance(raw, str):
        return _license_class(raw[:LONGEST])
    return _strictest(_license_class(text) for text in _texts(raw))


def _texts(raw: object) -> list[str]:
    """The texts in a list; what is not text is left out."""
    if not isinstance(raw, list | tuple):
        return []
    return [member[:LONGEST] for member in raw if isinstance(member, str)]


def _strictest(classes: Iterable[str]) -> str:
    return max(classes, key=LICENSE_CLASSES.index, default=UNKNOWN)


@lru_cache(maxsize=4096)
def _license(raw: str) -> str | None:
    spelling = _without_address(raw) if ADDRESS.match(raw) else raw
    return _ids().get(key(spelling))


def _without_address(raw: str) -> str:
    """The license's name out of an address that lists it, else the address as aliases hold it."""
    path = FILE_ENDING.sub("", ADDRESS.sub("", unquote(raw.strip()), count=1))
    if match := LISTED_AT.fullmatch(path):
        return match["hub"] or match["copy"] or match["list"]
    if match := CREATIVE_COMMONS_AT.fullmatch(path):
        return f"cc-{match['terms']}-{match['version']}"
    return path


@lru_cache(maxsize=4096)
def _license_class(raw: str) -> str:
    if license_id := _license(raw):
        return _classes()[license_id]
    if PLAINLY_NON_COMMERCIAL.search(key(raw)):
        return NON_COMMERCIAL
    parts = [] if ADDRESS.match(raw) else SEVERAL.split(raw)
    return _strictest(map(_license_class, parts)) if len(parts) > 1 else UNKNOWN


@cache
def _ids() -> dict[str, str]:
    return index(
        ((entry.id, entry.id) for entry in licenses()),
        ((_alias(spelling), entry.id) for entry in licenses() for spelling in entry.aliases),
        ((entry.name, entry.id) for entry in licenses()),
        ((_without_address(url), id) for url, id in _own_addresses()),
    )


def _own_addresses() -> list[tuple[str, str]]:
    """(address, license) where an address belongs to one license alone."""
    shared = Counter(entry.url for entry in licenses())
    return [(entry.url, entry.id) for entry in licenses() if entry.url and shared[entry.url] == 1]


def _alias(spelling: str) -> str:
    return _without_address(spelling) if ADDRESS.match(spelling) else spelling


@cache
def _classes() -> dict[str, str]:
    return {entry.id: entry.license_class for entry in licenses()}
