"""Which prices can be compared: those per the same thing, in dollars.

Offers say in words what is paid for. Each is brought to one of UNITS; what fits none, or is in
another currency, stands on the model's page and outside every price filter.
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

UNITS = ("input_tokens", "output_tokens", "image", "audio_minute", "second", "request")
USUAL_UNIT = UNITS[0]
CURRENCY = "USD"
# The engines keep whole numbers: billionths of a dollar, as many digits as an offer has.
NANO = 10**9

_WHAT = (
    ("", re.compile(r"cached|cache|batch|training|fine-?tun")),
    ("input_tokens", re.compile(r"(?:input|prompt) tokens?$|^tokens? (?:in|input)$")),
    (
        "output_tokens",
        re.compile(r"(?:output|completion|generated) tokens?$|^tokens? out(?:put)?$"),
    ),
    ("image", re.compile(r"^(?:output |generated )?images?$")),
    (
        "audio_minute",
        re.compile(
            r"^(?:audio )?minutes?(?: of audio)?$|^(?:audio )?seconds? of audio$|^audio seconds?$"
        ),
    ),
    ("second", re.compile(r"^(?:compute |run |gpu )?seconds?(?: of (?:run|compute) time)?$")),
    ("request", re.compile(r"^(?:inference )?(?:requests?|runs?|predictions?|calls?)$")),
)
_AMOUNT = re.compile(r"^(?:per )?(?:(\d[\d,]*)\s*)?(k|m|thousand|million)?\b\s*(.+)$")
_MULTIPLES = {None: 1, "k": 10**3, "thousand": 10**3, "m": 10**6, "million": 10**6}
# Of what one unit counts: a million tokens, a minute.
_COUNTED = {"input_tokens": 10**6, "output_tokens": 10**6}


def comparable(unit: str) -> tuple[str, Decimal] | None:
    """One of UNITS, and what a price in this unit is to be multiplied with."""
    match = _AMOUNT.match(" ".join(unit.lower().split()))
    if not match:
        return None
    what = next((name for name, told in _WHAT if told.search(match[3])), "")
    if not what:
        return None
    amount = int((match[1] or "1").replace(",", "")) * _MULTIPLES[match[2]]
    seconds = 60 if what == "audio_minute" and "second" in match[3] else 1
    return (what, Decimal(_COUNTED.get(what, 1) * seconds) / amount) if amount else None


def least(offers: Iterable[tuple[str, str, Decimal]]) -> dict[str, int]:
    """The lowest price by unit in billionths of a dollar, of offers as (unit, currency, amount)."""
    found: dict[str, int] = {}
    for unit, currency, amount in offers:
        compared = comparable(unit) if currency == CURRENCY else None
        if compared:
            name, factor = compared
            nano = int(amount * factor * NANO)
            found[name] = min(nano, found.get(name, nano))
    return found


def in_dollars(nano: int) -> Decimal:
    return Decimal(nano) / NANO


def as_json(found: dict[str, int]) -> dict[str, Any] | None:
    """Prices by unit in dollars, for the API; None when nobody offers it for a price."""
    return {unit: float(in_dollars(found[unit])) for unit in UNITS if unit in found} or None
