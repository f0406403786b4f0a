"""The fields of the embedded index, and how a document fills them."""

import hashlib
import pickle
from functools import cache
from importlib.metadata import version
from pathlib import Path

import tantivy
from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

from catalog import prices
from catalog.search.documents import Document
from catalog.search.query import FACETS, FLAGS, NUMBERS, SORTS
from catalog.search.words import joined

WORDS = ("name", "runs", "owner", "tag_words", "about")
NUMBER_SORTS = tuple(sort for sort in SORTS if sort not in ("relevance", "price"))
PRICE_SORTS = tuple(f"price_{unit}" for unit in prices.UNITS)
BY = {sort: f"by_{sort}" for sort in (*NUMBER_SORTS, *PRICE_SORTS)}

# A sort's value stands in the upper bits, popularity in the lower: equal values come popular first.
POPULARITY_BITS = 16
POPULARITY_STEP = 4096
SORT_LIMIT = 2 ** (63 - POPULARITY_BITS) - 2


@cache
def the_schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("id", indexed=True, fast=True)
    builder.add_unsigned_field("version", fast=True)
    for name in WORDS:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="basic")
    for name in ("key", "whole", "owner_whole", "meanings"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("prose", tokenizer_name="prose", index_option="basic")
    for name in FACETS:
        builder.add_text_field(name, tokenizer_name="folded", index_option="basic", fast=True)
    for name in (*NUMBERS, *FLAGS):
        builder.add_unsigned_field(name, indexed=True, fast=True)
    builder.add_text_field("device", tokenizer_name="raw", index_option="basic")
    for name in PRICE_SORTS:
        builder.add_unsigned_field(f"by_{name}", fast=True)
    for name in NUMBER_SORTS:
        builder.add_unsigned_field(f"by_{name}", indexed=name == "updated", fast=True)
    builder.add_unsigned_field("by_popularity", fast=True)
    builder.add_float_field("weight", fast=True)
    return builder.build()


def register_tokenizers(index: tantivy.Index) -> None:
    """Needed after every opening; without them nothing can be written."""
    raw = TextAnalyzerBuilder(Tokenizer.raw())
    index.register_tokenizer("folded", raw.filter(Filter.lowercase()).build())
    # Counted as written, filtered without regard to case.
    index.register_fast_field_tokenizer("folded", TextAnalyzerBuilder(Tokenizer.raw()).build())
    index.register_tokenizer("prose", prose_analyzer())


def prose_analyzer() -> tantivy.TextAnalyzer:
    return (
        TextAnalyzerBuilder(Tokenizer.simple())
        .filter(Filter.remove_long(40))
        .filter(Filter.lowercase())
        .filter(Filter.ascii_fold())
        .filter(Filter.stemmer("english"))
        .build()
    )


@cache
def layout() -> str:
    """Of the fields: an index of another layout cannot even be read."""
    return hashlib.sha256(pickle.dumps(the_schema())).hexdigest()[:16]


@cache
def fingerprint() -> str:
    """Changes whenever an index that was built before would be filled differently today."""
    package = Path(__file__).parent.parent
    vocabulary = sorted((package.parent / "vocabulary").glob("*.*"))
    return _digest([Path(__file__), package / "documents.py", package / "words.py", *vocabulary])


def _digest(sources: list[Path]) -> str:
    digest = hashlib.sha256(version("tantivy").encode())
    for source in sources:
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def fields(document: Document) -> tantivy.Document:
    filled = tantivy.Document()
    filled.add_unsigned("id", document.id)
    filled.add_unsigned("version", document.version)
    for name in WORDS:
        filled.add_text(name, " ".join(getattr(document, name)))
    filled.add_text("key", document.key)
    for whole in (document.whole, *map(joined, map(str.split, document.aliases))):
        filled.add_text("whole", whole)
    filled.add_text("owner_whole", document.owner_whole)
    for meaning in document.meanings:
        filled.add_text("meanings", meaning)
    filled.add_text("prose", document.prose)
    for name, values in document.facets.items():
        for value in values:
            filled.add_text(name, value)
    _add_numbers(filled, document)
    return filled


def ranked(value: int | None) -> int:
    """A sort's value as it stands in the upper bits; what is not known comes last."""
    return 0 if value is None else min(max(value, 0), SORT_LIMIT) + 1


def _least_first(document: Document, name: str) -> int:
    number = document.numbers.get(name)
    return 0 if number is None else ranked(SORT_LIMIT - min(number, SORT_LIMIT))


def _add_numbers(filled: tantivy.Document, document: Document) -> None:
    for name, number in document.numbers.items():
        filled.add_unsigned(name, number)
    for name, is_so in document.flags.items():
        filled.add_unsigned(name, int(is_so))
    filled.add_text("device", document.device)
    tie = min(int(max(document.popularity, 0) * POPULARITY_STEP), 2**POPULARITY_BITS - 1)
    filled.add_unsigned("by_popularity", tie)
    for name in PRICE_SORTS:
        filled.add_unsigned(BY[name], (_least_first(document, name) << POPULARITY_BITS) + tie)
    for name, value in document.sorts.items():
        filled.add_unsigned(BY[name], (ranked(value) << POPULARITY_BITS) + tie)
    # The engine multiplies with log2(2 + this).
    filled.add_float("weight", 2**document.weight - 2)
