"""What tells that a record was read before: digests of it, its card, our rules and the input.

Kept in SourceRecord.digest as 32 characters. A record is written anew when it, its card or our
rules for reading it changed. The input is there for inputs that hold one id twice: the first
one counts, in the first run as in the next.
"""

import hashlib
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Self

import orjson

from catalog import vocabulary

# To be raised when a source module reads the same record differently than before.
RULES_VERSION = 3
NO_CARD = "0" * 8


@dataclass(frozen=True, slots=True)
class Digest:
    record: str
    card: str
    rules: str
    input: str

    @classmethod
    def parse(cls, stored: str) -> Self:
        return cls(stored[:12], stored[12:20], stored[20:24], stored[24:32])

    def __str__(self) -> str:
        return f"{self.record}{self.card}{self.rules}{self.input}"

    def tells_same_as(self, held: "Digest", *, has_cards: bool) -> bool:
        """Whether this reading says nothing new; a card counts only where cards are read."""
        is_same_card = not has_cards or self.card == held.card
        return is_same_card and (self.record, self.rules) == (held.record, held.rules)

    @property
    def has_card(self) -> bool:
        return self.card != NO_CARD

    def keeping_card_of(self, held: "Digest") -> "Digest":
        return replace(self, card=held.card)


def of_record(body: bytes | Any) -> str:
    return _short(body.strip() if isinstance(body, bytes) else _canonical(body), 12)


def of_card(line: bytes | None) -> str:
    return _short(line, 8) if line else NO_CARD


def of_input(fingerprint: str) -> str:
    return _short(fingerprint.encode(), 8)


@cache
def of_rules() -> str:
    """Of the code's version and of every word of the vocabularies."""
    words = (
        vocabulary.tasks(),
        vocabulary.libraries(),
        vocabulary.licenses(),
        vocabulary.languages(),
        vocabulary.topics(),
    )
    return _short(f"{RULES_VERSION} {words}".encode(), 4)


def whole(body: bytes | Any) -> str:
    """32 characters for a record that was rejected."""
    return _short(body if isinstance(body, bytes) else _canonical(body), 32)


def _short(content: bytes, length: int) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()[:length]


def _canonical(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:  # lone surrogates, numbers beyond 64 bits
        return repr(value).encode("utf-8", "surrogatepass")
