"""Sizes that names tell: of a mixture of experts, how many parameters work on each token."""

import re

# As in Qwen3-30B-A3B and granite-3.1-1b-a400m.
_ACTIVE = re.compile(
    r"(?<![a-z0-9.])\d+(?:\.\d+)?[bt][-_ ]?"
    r"a(?P<amount>\d{1,4}(?:\.\d{1,3})?)(?P<unit>[bm])(?![a-z0-9])"
)
_UNITS = {"b": 10**9, "m": 10**6}
NOTE = "active_parameters: read from its name"


def active_parameters(name: str, notes: list[str]) -> int | None:
    match = _ACTIVE.search(name.lower())
    if not match:
        return None
    notes.append(NOTE)
    return round(float(match["amount"]) * _UNITS[match["unit"]])
