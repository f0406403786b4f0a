"""Which prices can be compared."""

from decimal import Decimal

import pytest

from catalog import prices


@pytest.mark.parametrize(
    ("unit", "compared"),
    [
        ("per M input tokens", ("input_tokens", 1)),
        ("per million prompt tokens", ("input_tokens", 1)),
        ("per 1K input tokens", ("input_tokens", 1_000)),
        ("per input token", ("input_tokens", 1_000_000)),
        ("per 1M output tokens", ("output_tokens", 1)),
        ("per image", ("image", 1)),
        ("per 1,000 images", ("image", Decimal("0.001"))),
        ("per audio minute", ("audio_minute", 1)),
        ("per second of audio", ("audio_minute", 60)),
        ("per second", ("second", 1)),
        ("per inference request", ("request", 1)),
        ("Per Run", ("request", 1)),
    ],
)
def test_the_same_thing_in_other_words_is_compared(unit, compared):
    assert prices.comparable(unit) == compared


@pytest.mark.parametrize(
    "unit",
    [
        "",
        "per M cached input tokens",
        "per M tokens",
        "per 512 by 512 tile",
        "per step",
        "per 0 images",
        "per training minute",
        "\x00",
    ],
)
def test_what_is_no_such_thing_is_left_out(unit):
    assert prices.comparable(unit) is None


def test_the_lowest_offer_in_dollars_counts():
    offers = [
        ("per M input tokens", "USD", Decimal("0.6")),
        ("per 1K input tokens", "USD", Decimal("0.00025")),
        ("per M input tokens", "EUR", Decimal("0.1")),
        ("per image", "USD", Decimal("0")),
    ]

    assert prices.least(offers) == {"input_tokens": 250_000_000, "image": 0}
    assert prices.as_json(prices.least(offers)) == {"input_tokens": 0.25, "image": 0.0}
    assert prices.as_json({}) is None
