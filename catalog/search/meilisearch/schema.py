"""The settings of an index, and how a document fills it."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from catalog.search.documents import Document
from catalog.search.embedded.schema import NUMBER_SORTS, PRICE_SORTS, prose_analyzer
from catalog.search.meilisearch.ranking import RANKED_BY
from catalog.search.query import FACETS, FLAGS, NUMBERS
from catalog.search.typed import TYPO_FROM, TYPOS_FROM
from catalog.search.words import joined

VALUES_SHOWN = 100
LONG = ("publisher", "tag")  # facets of more values than can be counted at once
FACET_BYTES = 468  # a longer value is kept and cannot be filtered by
SHORT = tuple(name for name in FACETS if name not in LONG)
WORDS_ASKED_FOR = ("name", "runs", "owner")
WORDS = ("key", "owner_whole", "meanings", "tag_words", "about")


@cache
def settings() -> dict[str, Any]:
    sorts = [f"by_{sort}" for sort in NUMBER_SORTS]
    return {
        # Searched by filters alone (see asking.py); one field has to be searchable.
        "searchableAttributes": ["key"],
        "displayedAttributes": [*RANKED_BY, "version"],
        "filterableAttributes": [
            _filterable(WORDS_ASKED_FOR, is_asked_for=True),
            _filterable(LONG, is_asked_for=True),
            _filterable((*WORDS, "whole", "stems", *SHORT, *FLAGS, "device")),
            _filterable(("id", "version", *NUMBERS, *sorts), is_compared=True),
        ],
        "sortableAttributes": ["id", "weight", "popularity", *sorts, *PRICE_SORTS],
        "rankingRules": ["words", "sort"],
        "typoTolerance": {"minWordSizeForTypos": {"oneTypo": TYPO_FROM, "twoTypos": TYPOS_FROM}},
        "proximityPrecision": "byAttribute",
        "pagination": {"maxTotalHits": 2**53},
        "faceting": {"maxValuesPerFacet": VALUES_SHOWN, "sortFacetValuesBy": {"*": "count"}},
    }


@cache
def fingerprint() -> str:
    """Changes whenever an index that was built before would be filled or set differently today."""
    package = Path(__file__).parent.parent
    vocabulary = sorted((package.parent / "vocabulary").glob("*.*"))
    digest = hashlib.sha256(json.dumps(settings(), sort_keys=True).encode())
    for source in [Path(__file__), package / "documents.py", package / "words.py", *vocabulary]:
        digest.update(source.read_bytes())
    return digest.hexdigest()[:12]


def fields(document: Document) -> dict[str, Any]:
    aliases = [joined(alias.split()) for alias in document.aliases]
    words = {name: getattr(document, name) for name in (*WORDS_ASKED_FOR, *WORDS)}
    return {
        "id": document.id,
        "version": document.version,
        **words,
        "whole": [document.whole, *aliases],
        "stems": list(dict.fromkeys(prose_analyzer().analyze(document.prose))),
        **{name: [_short(value) for value in values] for name, values in document.facets.items()},
        **document.numbers,
        **document.flags,
        "device": document.device,
        **{f"by_{name}": value for name, value in document.sorts.items()},
        "popularity": document.popularity,
        "weight": document.weight,
    }


def _filterable(
    fields: tuple[str, ...], *, is_asked_for: bool = False, is_compared: bool = False
) -> dict[str, Any]:
    comparison = {"equality": True, "comparison": is_compared}
    return {
        "attributePatterns": list(fields),
        "features": {"facetSearch": is_asked_for, "filter": comparison},
    }


def _short(value: str) -> str:
    return value.encode()[:FACET_BYTES].decode(errors="ignore")
