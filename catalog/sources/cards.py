"""Card texts: cleaned, cut, with a summary from their first sentences; and those that come apart.

A file of cards by id is in no order that helps, and may be larger than memory: it is read into
a temporary database on disk first, and looked up by batches.
"""

import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self

import orjson

from catalog import vocabulary

from . import cleaning
from .record import CardText, Record

LONGEST_CARD = 200_000
LONGEST_SUMMARY = 300
SUMMARY_NOTE = "summary: the beginning of its card"
# What mirrors of the Hub keep in place of a README that was not there.
_NO_README = re.compile(r"^Error: the path '[^']*' does not exist")
_FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n.*?^---[ \t]*\r?$\n?", re.DOTALL | re.MULTILINE)


def card_of(
    value: Any, notes: list[str], *, chars: Any = None, language: str = ""
) -> CardText | None:
    """The card in `value`, Markdown with or without front matter; None when it says nothing.

    `chars` is the length at the source when the text was cut before it came to us.
    """
    if not isinstance(value, str) or _NO_README.match(value):
        return None
    stripped = _FRONT_MATTER.sub("", value.lstrip("\ufeff"), count=1)
    text = cleaning.without_unstorable(stripped, "card", notes).strip()
    if not text:
        return None
    full_length = max(len(text), chars if isinstance(chars, int) else 0)
    if len(text) > LONGEST_CARD:
        notes.append(f"card: cut from {len(text)} to {LONGEST_CARD} characters")
    return CardText(text[:LONGEST_CARD], full_length, language)


def add(record: Record, value: dict[str, Any]) -> None:
    """Give a record its card: `text`, `lang`, and `chars`, the length at the source if longer."""
    # Listings guess: "en?" is what they take to be English.
    said = cleaning.text(value.get("lang"), "card", 16, record.notes).rstrip("?")
    language = vocabulary.language_of(said) or ""
    card = card_of(value.get("text"), record.notes, chars=value.get("chars"), language=language)
    if card is None:
        return
    record.card = card
    # A summary in a third language would help few readers of the listing.
    summary = summary_of(card) if language in ("", "en", "zh") else ""
    if summary and "summary" not in record.values:
        record.values["summary"] = summary
        record.notes.append(SUMMARY_NOTE)


_NOT_PROSE = re.compile(
    r"\s*(#|[-*+>|<=!`]|\[!|\d+[.)]|---|:::|https?:|import |from \S+ import |pip |\$ )|\s{4}"
)
_CODE_OR_HTML = re.compile(
    r"```.*?(?:```|\Z)|<!--.*?(?:-->|\Z)|<(style|script)\b.*?(?:</\1>|\Z)|<[^<>]*>", re.DOTALL
)
_MARKUP = re.compile(r"!\[[^\]]*\]\([^)]*\)|(?<=\])\([^)]*\)|[*_`\[\]]")


def summary_of(card: CardText) -> str:
    """The card's first paragraph of prose as plain text, or ""."""
    for paragraph in re.split(r"\n\s*\n", _CODE_OR_HTML.sub("", card.text[:6_000])):
        lines = [line for line in paragraph.splitlines() if not _NOT_PROSE.match(line)]
        plain = " ".join(_MARKUP.sub("", " ".join(lines)).split())
        if len(plain) >= 40 and plain.count(" ") >= 5:
            return _cut_at_word(plain)
    return ""


def _cut_at_word(text: str) -> str:
    if len(text) <= LONGEST_SUMMARY:
        return text
    return text[:LONGEST_SUMMARY].rsplit(" ", 1)[0].rstrip(",;:") + "…"


class CardFile:
    """Cards by id on disk, for as long as an import runs."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="slipway-cards-")
        path = Path(self._folder.name) / "cards.sqlite3"
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.execute("PRAGMA journal_mode=OFF")
        self._database.execute("PRAGMA synchronous=OFF")
        self._database.execute("CREATE TABLE card (id TEXT PRIMARY KEY, line BLOB) WITHOUT ROWID")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._database.close()
        self._folder.cleanup()

    def fill(self, lines: Iterable[tuple[str, bytes]]) -> None:
        """Take (id, line) pairs; of an id that comes twice the last one counts."""
        with closing(self._database.cursor()) as cursor:
            cursor.execute("BEGIN")
            cursor.executemany("INSERT OR REPLACE INTO card VALUES (?, ?)", lines)
            cursor.execute("COMMIT")

    def lines(self, ids: list[str]) -> dict[str, bytes]:
        """The lines of those of these ids that have one."""
        found = self._database.execute(
            "SELECT id, line FROM card WHERE id IN (SELECT value FROM json_each(?))",
            [orjson.dumps(ids).decode()],
        )
        return dict(found)
