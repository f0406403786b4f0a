"""What models take and cost, and what they permit: each filter in the engine and in the database.

The database answers when the engine cannot, so it must not answer otherwise.
"""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from catalog import inheritance
from catalog.models import AIModel, Offer
from catalog.search import FacetValue, Query, database

pytestmark = pytest.mark.django_db

GB = 10**9


@pytest.fixture
def both(names):
    """The names found, the same by the engine and by the database."""

    def both(**question):
        found = names(**question)
        plainly = AIModel.objects.in_order(database.find(Query(**question)).ids)
        assert [model.full_name for model in plainly] == found
        return found

    return both


@pytest.fixture
def make_offer():
    def make(ai_model, unit, amount, *, provider="Acme", currency="USD"):
        return Offer.objects.create(
            ai_model=ai_model,
            provider=provider,
            unit=unit,
            amount=Decimal(amount),
            currency=currency,
            seen_at=datetime(2026, 11, 1, tzinfo=UTC),
        )

    return make


@pytest.fixture
def sized(make_model):
    """Weights of 16, 4.85 and 16 bits; the last is a mixture of experts without a context."""
    make_model(
        "a/dense-8b",
        task="text-generation",
        parameters=8 * GB,
        context_length=131_072,
        memory_bytes=5 * GB,
        popularity=4,
    )
    make_model(
        "a/dense-8b-gguf",
        task="text-generation",
        parameters=8 * GB,
        context_length=4_096,
        formats=["gguf"],
        popularity=3,
    )
    make_model(
        "a/mixture-30B-A3B",
        task="text-generation",
        parameters=30 * GB,
        active_parameters=3 * GB,
        popularity=2,
    )
    make_model("a/unknown", popularity=1)


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ({"active_parameters_max": 3 * GB}, ["a/mixture-30B-A3B"]),
        ({"active_parameters_min": 3 * GB + 1}, ["a/dense-8b", "a/dense-8b-gguf"]),
        ({"parameters_max": 30 * GB, "active_parameters_max": 7 * GB}, ["a/mixture-30B-A3B"]),
        ({"context_max": 4_096}, ["a/dense-8b-gguf"]),
        ({"context_min": 4_097, "context_max": 131_072}, ["a/dense-8b"]),
        ({"memory_min": 5 * GB}, ["a/dense-8b"]),
        ({"memory_min": 5 * GB + 1}, []),
        ({"is_sized": False}, ["a/unknown"]),
        ({"is_sized": True}, ["a/dense-8b", "a/dense-8b-gguf", "a/mixture-30B-A3B"]),
    ],
)
def test_a_range_keeps_what_is_known_to_be_within(sized, both, bounds, expected):
    assert both(**bounds) == expected


# (8 B x 2 bytes + 8,192 x 130 kB) x 1.1, and (8 B x 4.85 bits + 4,096 x 130 kB) x 1.1.
DENSE, GGUF = 18_771_456_000, 5_920_728_000


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ({"fits": DENSE}, ["a/dense-8b", "a/dense-8b-gguf"]),
        ({"fits": DENSE - 1}, ["a/dense-8b-gguf"]),
        ({"fits": GGUF}, ["a/dense-8b-gguf"]),
        ({"fits": GGUF - 1}, []),
        ({"fits": 80 * GB}, ["a/dense-8b", "a/dense-8b-gguf", "a/mixture-30B-A3B"]),
        ({"fits": 2**63 - 1}, ["a/dense-8b", "a/dense-8b-gguf", "a/mixture-30B-A3B"]),
        ({"fits": 0}, []),
    ],
)
def test_what_fits_is_reckoned_with_weights_context_and_overhead(sized, both, question, expected):
    assert both(**question) == expected


def test_a_longer_context_takes_more_unless_the_model_ends_before(sized, both):
    assert both(fits=24 * GB, context=8_192) == ["a/dense-8b", "a/dense-8b-gguf"]
    assert both(fits=24 * GB, context=65_536) == ["a/dense-8b-gguf"]
    assert both(fits=GGUF, context=1_048_576) == ["a/dense-8b-gguf"]


def test_what_needs_hardware_that_is_not_there_is_left_out(make_model, both):
    make_model("a/anywhere", parameters=GB, popularity=4)
    make_model("a/needs-gpu-awq", parameters=GB, popularity=3)
    make_model("a/needs-apple-mlx-4bit", parameters=GB, popularity=2)

    assert both(devices=()) == ["a/anywhere"]
    assert both(devices=("gpu",)) == ["a/anywhere", "a/needs-gpu-awq"]
    assert both(devices=("gpu", "apple"), fits=GB) == ["a/needs-gpu-awq", "a/needs-apple-mlx-4bit"]


@pytest.fixture
def priced(make_model, make_offer):
    """By the million of input tokens: 0.60 and 0.25 dollars, 0.5 dollars, free; one in euros."""
    cheap = make_model("a/cheap", popularity=1)
    make_offer(cheap, "per M input tokens", "0.60")
    make_offer(cheap, "per 1K input tokens", "0.00025", provider="Other")
    make_offer(cheap, "per M output tokens", "2")
    dear = make_model("a/dear", popularity=2)
    make_offer(dear, "per million input tokens", "0.5")
    make_offer(make_model("a/free", popularity=3), "per M input tokens", "0")
    make_offer(make_model("a/euro", popularity=4), "per M input tokens", "0.1", currency="EUR")
    make_offer(make_model("a/spoken", popularity=5), "per audio minute", "0.006")
    make_model("a/nobody-offers-it", popularity=6)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ({"price_max": 250_000_000}, ["a/free", "a/cheap"]),
        ({"price_max": 249_999_999}, ["a/free"]),
        ({"price_min": 250_000_001}, ["a/dear"]),
        ({"price_max": 0}, ["a/free"]),
        ({"price_max": 2 * GB, "price_unit": "output_tokens"}, ["a/cheap"]),
        ({"price_max": 6_000_000, "price_unit": "audio_minute"}, ["a/spoken"]),
        ({"price_max": GB, "price_unit": "image"}, []),
        ({"is_priced": True}, ["a/spoken", "a/free", "a/dear", "a/cheap"]),
        ({"is_priced": False}, ["a/nobody-offers-it", "a/euro"]),
    ],
)
def test_prices_are_compared_by_the_same_unit_in_dollars(priced, both, question, expected):
    assert both(**question) == expected


def test_the_cheapest_comes_first_and_what_has_no_price_last(priced, both):
    found = both(sort="price")

    assert found[:3] == ["a/free", "a/cheap", "a/dear"]
    assert both(sort="price", price_unit="output_tokens")[0] == "a/cheap"


@pytest.fixture
def family(make_model):
    """A chain of two heirs under one license, a merge of two, and two that name each other."""
    base = make_model("maker/base", license="mit", license_class="open", popularity=5)
    tuned = make_model("fan/tuned", base_model=base, popularity=4)
    make_model("fan/tuned-gguf", base_model=tuned, popularity=3)
    make_model(
        "fan/merge", base_model=base, base_model_names=["maker/base", "x/other"], popularity=2
    )
    one = make_model("odd/one", popularity=1)
    AIModel.objects.filter(pk=one.pk).update(base_model=make_model("odd/two", base_model=one))
    inheritance.settle()
    return base


def test_a_license_is_inherited_from_the_base_and_its_base(family, both):
    assert both(any_of={"license_class": ("open",)}) == [
        "maker/base",
        "fan/tuned",
        "fan/tuned-gguf",
    ]
    assert both(none_of={"license_class": ("open",)}) == ["fan/merge", "odd/one", "odd/two"]


def test_inherited_classes_are_counted_with_the_others(family, ask):
    results = ask(facets=("license_class",))

    assert results.facets["license_class"] == [FacetValue("open", 3), FacetValue("unknown", 3)]


def test_heirs_follow_when_the_license_of_their_base_changes(family, both):
    both()
    AIModel.objects.filter(pk=family.pk).update(license_class="non-commercial")

    inheritance.settle_family(family)

    assert both(any_of={"license_class": ("non-commercial",)}) == [
        "maker/base",
        "fan/tuned",
        "fan/tuned-gguf",
    ]


def test_counts_keep_to_the_ranges(sized, ask):
    results = ask(fits=24 * GB, facets=("task",))

    assert results.facets["task"] == [FacetValue("text-generation", 2)]
