"""Everything that a search fits as a file: CSV for spreadsheets, JSON lines for programs.

The ids are read first, all at once and eight bytes each, so the number of rows is known before
the first is written and nothing that changes meanwhile is left out or written twice. The rows are
read a few hundred at a time while they are sent: no transaction, no cursor and no memory is held
for a reader who takes an hour.
"""

import csv
import io
import re
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from threading import BoundedSemaphore
from typing import Any, Self

from catalog import prices
from catalog.api import shapes
from config.api.bodies import FastJSONRenderer

READ_AT_ONCE = 500
# A slow reader holds a thread of the web process, of which there are eight.
MOST_AT_ONCE = 3
_places = BoundedSemaphore(MOST_AT_ONCE)

BROKEN = "This export broke off after {written} of {total} models. Ask for it again."
# Columns of the CSV, in an order that stays; new ones are added at the end.
COLUMNS = (
    *("owner", "name", "url", "description", "task", "library", "license", "license_class"),
    *("license_url", "languages", "tags", "capabilities", "formats", "parameters"),
    *("active_parameters", "context_length", "memory_bytes", "storage_bytes", "base_model"),
    *("base_relation", "datasets", "papers", "gate", "downloads", "likes", "runs"),
    *("trending_score", "is_runnable", "is_official", "status", "deprecated_at", "retired_at"),
    *("replacement", "latest_version", "offers", "github_url", "paper_url", "weights_url"),
    *("cover_image_url", "source", "source_id", "source_url", "last_seen_at", "published_at"),
    *("updated_at", "aliases", "license_inherited_from", "memory_estimate_bytes"),
    *("price_input_tokens", "price_output_tokens", "price_image", "price_audio_minute"),
    *("price_second", "price_request", "group", "is_variant", "own_likes"),
)
BYTE_ORDER_MARK = "\ufeff"  # without it spreadsheets take Chinese for something else
# What a spreadsheet may take for a formula: at the start of a cell, also behind quotes and in
# full-width form, or behind what a spreadsheet of another country takes for the end of a cell.
FORMULA = re.compile(r"""(^|[;\t\r\n])(?=[\s"'\u200b\ufeff]*[=+\-@＝＋－＠])|^(?=[\t\r\n])""")
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
# Most texts, for which all of this need not be asked.
PLAIN = re.compile("[0-9A-Za-z\u4e00-\u9fff][^;\x00-\x1f\x7f-\x9f]*")

Shape = dict[str, Any]
Pieces = Generator[bytes, None, None]


class TooMany(Exception):
    """As many exports as one process writes at a time are being written."""


@dataclass(frozen=True)
class Format:
    """How rows become a file. `broken` says inside the file that the rest of it is missing."""

    suffix: str
    content_type: str
    begin: Callable[[], bytes]
    rows: Callable[[Sequence[Shape]], bytes]
    broken: Callable[[str], bytes]


class Export:
    """The pieces of one file. Whoever takes it must close it; a reader who leaves ends it."""

    def __init__(self, ids: Sequence[int], form: Format, *, origin: str) -> None:
        if not _places.acquire(blocking=False):
            raise TooMany
        self._is_open = True
        self._pieces = _written(ids, form, origin)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        return next(self._pieces)

    def close(self) -> None:
        self._pieces.close()
        if self._is_open:
            self._is_open = False
            _places.release()

    def __del__(self) -> None:
        """Of an answer that was thrown away before it was sent."""
        if hasattr(self, "_pieces"):
            self.close()


def _written(ids: Sequence[int], form: Format, origin: str) -> Pieces:
    written = 0
    yield form.begin()
    try:
        for start in range(0, len(ids), READ_AT_ONCE):
            rows = shapes.models(ids[start : start + READ_AT_ONCE], origin=origin)
            yield form.rows(list(rows.values()))
            written += len(rows)
    except Exception:
        yield form.broken(BROKEN.format(written=written, total=len(ids)))
        raise  # which cuts the connection, so that nobody takes this for the end


def _table(lines: Sequence[Sequence[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    return text.getvalue().encode()


def _cells(shape: Shape) -> list[Any]:
    values = {
        **shape,
        "latest_version": (shape["latest_version"] or {}).get("id"),
        "offers": [_price(offer) for offer in shape["offers"]],
        "memory_estimate_bytes": (shape["memory_estimate"] or {}).get("bytes"),
        **{f"price_{unit}": (shape["price"] or {}).get(unit) for unit in prices.UNITS},
    }
    return [_cell(values[name]) for name in COLUMNS]


def _price(offer: Shape) -> str:
    return f"{offer['amount']:.9g} {offer['currency']} {offer['unit']} ({offer['provider']})"


def _cell(value: Any) -> str | int | float:
    """Numbers as they are, all else as a text that no spreadsheet reckons with."""
    if isinstance(value, str):
        return harmless(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value
    if isinstance(value, list):
        return harmless(", ".join(map(str, value)))
    return _moment(value)


def _moment(value: date) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value.isoformat()


def harmless(text: str) -> str:
    """The text with an apostrophe before whatever a spreadsheet could take for a formula."""
    if PLAIN.fullmatch(text):
        return text
    return FORMULA.sub(r"\1'", CONTROLS.sub(" ", text))


def _line(shape: Shape) -> bytes:
    return FastJSONRenderer().render(shape) + b"\n"


CSV = Format(
    suffix="csv",
    content_type="text/csv; charset=utf-8; header=present",
    begin=lambda: BYTE_ORDER_MARK.encode() + _table([COLUMNS]),
    rows=lambda shapes: _table([_cells(shape) for shape in shapes]),
    broken=lambda sentence: _table([[sentence]]),
)
JSON_LINES = Format(
    suffix="jsonl",
    content_type="application/x-ndjson",
    begin=bytes,
    rows=lambda shapes: b"".join(map(_line, shapes)),
    broken=lambda sentence: _line({"error": sentence}),
)
