"""Outside values made fit for our columns; what is cut or dropped leaves a note.

Every function takes the field's name and the list of notes, and never raises on bad input:
a value that cannot be used is dropped with its reason.
"""

import math
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit

import orjson

# Not storable: PostgreSQL refuses NUL, UTF-8 has no surrogates. The other control
# characters only disturb.
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_BIGINT = 2**63 - 1
MOST_TAGS = 200
LONGEST_TAG = 100
LONGEST_URL = 500


def text(value: Any, field: str, limit: int, notes: list[str]) -> str:
    """`value` as text of at most `limit` characters; "" for null and for what is no text."""
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        notes.append(f"{field}: dropped, {_kind(value)} where text was due")
        return ""
    storable = without_unstorable(value, field, notes).strip()
    if len(storable) <= limit:
        return storable
    notes.append(f"{field}: cut from {len(storable)} to {limit} characters")
    return storable[:limit].rstrip()


def without_unstorable(value: str, field: str, notes: list[str]) -> str:
    """`value` without NUL bytes, lone surrogates and other control characters."""
    if not _UNSTORABLE.search(value):
        return value
    cleaned, count = _UNSTORABLE.subn("", value)
    notes.append(f"{field}: {count} control character{'s' if count > 1 else ''} removed")
    return cleaned


def whole_number(value: Any, field: str, notes: list[str]) -> int | None:
    """`value` as a whole number from 0 to what a column holds, from a number or its text."""
    number = real_number(value, field, notes)
    if number is None:
        return None
    # Straight from the input when it can be: a float would lose digits of a large count.
    whole = int(value) if isinstance(value, int) else int(number)
    if 0 <= whole <= _BIGINT:
        return whole
    notes.append(f"{field}: dropped, {whole} is out of range")
    return None


def real_number(value: Any, field: str, notes: list[str]) -> float | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        notes.append(f"{field}: dropped, {_kind(value)} where a number was due")
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        notes.append(f"{field}: dropped, not a number: {_shown(value)}")
        return None
    if math.isfinite(number):
        return number
    notes.append(f"{field}: dropped, not a finite number")
    return None


def moment(value: Any, field: str, notes: list[str]) -> datetime | None:
    """`value` as a time in UTC, from ISO text with or without time, fraction and zone."""
    if value is None or value == "":
        return None
    try:
        parsed = datetime.fromisoformat(value.strip())
        zoned = parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    except (AttributeError, TypeError, ValueError, OverflowError):
        notes.append(f"{field}: dropped, not a date: {_shown(value)}")
        return None
    if 1990 <= zoned.year <= 2100:
        return zoned
    notes.append(f"{field}: dropped, the year {zoned.year} cannot be right")
    return None


def iso_moment(value: Any, field: str, notes: list[str]) -> str:
    """As moment(), as ISO text for the values of a record."""
    parsed = moment(value, field, notes)
    return parsed.isoformat() if parsed else ""


def iso_date(value: Any, field: str, notes: list[str]) -> str:
    parsed = moment(value, field, notes)
    return parsed.date().isoformat() if parsed else ""


def url(value: Any, field: str, notes: list[str]) -> str:
    """`value` when it is a web address of at most 500 characters, else ""."""
    address = text(value, field, 10_000, notes)
    if not address:
        return ""
    try:
        parts = urlsplit(address)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_web = False
    if is_web and len(address) <= LONGEST_URL and not re.search(r"\s", address):
        return address
    notes.append(f"{field}: dropped, not a web address: {_shown(address)}")
    return ""


def words(
    value: Any, field: str, notes: list[str], *, most: int = MOST_TAGS, longest: int = LONGEST_TAG
) -> list[str]:
    """`value`, a list or one text, as distinct non-empty words in their order."""
    if not value:
        return []
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list):
        notes.append(f"{field}: dropped, {_kind(value)} where a list was due")
        return []
    distinct = _distinct(text(word, field, longest, notes) for word in value)
    if len(distinct) <= most:
        return distinct
    notes.append(f"{field}: cut from {len(distinct)} to {most} entries")
    return distinct[:most]


def flag(value: Any) -> bool:
    """Whether `value` says yes, as a boolean or as text: "true", "True"."""
    return value is True or (isinstance(value, str) and value.strip().lower() == "true")


def storable_json(value: Any, field: str, notes: list[str]) -> Any:
    """`value`, any JSON, with every text and number in it storable."""
    try:
        # Control characters are the only ones that this writes as \u00..; most values have none.
        if b"\\u00" not in orjson.dumps(value):
            return value
    except TypeError:  # lone surrogates, numbers beyond 64 bits
        pass
    return _storable(value, field, notes)


def _storable(value: Any, field: str, notes: list[str]) -> Any:
    if isinstance(value, str):
        return without_unstorable(value, field, notes)
    if isinstance(value, list):
        return [_storable(item, field, notes) for item in value]
    if isinstance(value, dict):
        return {
            without_unstorable(str(name), field, notes): _storable(item, field, notes)
            for name, item in value.items()
        }
    if isinstance(value, int) and abs(value) > _BIGINT:
        return str(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def filled(values: dict[str, Any]) -> dict[str, Any]:
    """`values` without what is empty; 0 and False are values."""
    return {name: value for name, value in values.items() if value not in ("", None, [])}


def _distinct(words: Iterable[str]) -> list[str]:
    """Without repetitions, also of another case; the first spelling stays."""
    by_case: dict[str, str] = {}
    for word in words:
        if word:
            by_case.setdefault(word.lower(), word)
    return list(by_case.values())


def _kind(value: Any) -> str:
    kinds = {dict: "an object", list: "a list", bool: "a yes or no", date: "a date"}
    return kinds.get(type(value), f"a {type(value).__name__}")


def _shown(value: Any) -> str:
    return repr(value)[:60]
