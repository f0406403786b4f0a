"""What calling a model looks like: its offers with their prices, its examples."""

import json
from dataclasses import dataclass

from catalog.models import AIModel, Example

from . import figures

MOST_OFFERS = 50
LONGEST_VALUE = 4000
MOST_VALUES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownOffer:
    provider: str
    price: str
    unit: str
    context: str
    speed: str
    source: str
    url: str
    seen_on: str


@dataclass(frozen=True, slots=True)
class Value:
    name: str
    text: str
    url: str  # when the value is the address of a file


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownExample:
    id: str
    version_id: str
    seconds: str
    created_on: str
    inputs: list[Value]
    outputs: list[Value]


def offers(ai_model: AIModel) -> list[ShownOffer]:
    return [
        ShownOffer(
            provider=offer.provider,
            price=figures.money(offer.amount, offer.currency),
            unit=offer.unit,
            context=figures.tokens(offer.context_length),
            speed=f"{offer.tokens_per_second:.0f}" if offer.tokens_per_second else "",
            source=offer.source,
            url=offer.url,
            seen_on=figures.day(offer.seen_at),
        )
        for offer in ai_model.offers.all()[:MOST_OFFERS]
    ]


def example(one: Example) -> ShownExample:
    return ShownExample(
        id=one.source_id,
        version_id=one.version_id,
        seconds=f"{one.seconds:.1f}" if one.seconds is not None else "",
        created_on=figures.day(one.created_at),
        inputs=_values(one.input),
        outputs=_values(one.output),
    )


def _values(value: object) -> list[Value]:
    """Fields of an object and entries of a list each for themselves; anything else as one."""
    if isinstance(value, dict):
        return [_value(str(name), inner) for name, inner in list(value.items())[:MOST_VALUES]]
    if isinstance(value, list) and not _is_text_in_pieces(value):
        return [_value("", inner) for inner in value[:MOST_VALUES]]
    if isinstance(value, list):
        return [_value("", "".join(value))]
    return [] if value is None else [_value("", value)]


def _is_text_in_pieces(values: list[object]) -> bool:
    """A streamed answer is a list of tokens; a list of files is a list of addresses."""
    return bool(values) and all(isinstance(one, str) and not _is_address(one) for one in values)


def _value(name: str, value: object) -> Value:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
    shown = text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
    return Value(name=name, text=shown, url=text if _is_address(text) else "")


def _is_address(text: str) -> bool:
    return text.startswith(("https://", "http://")) and len(text) < 2000 and " " not in text
