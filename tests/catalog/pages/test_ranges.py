"""What fits, what it costs and what it permits, as people see it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from catalog import inheritance, search
from catalog.models import Offer
from catalog.search import indexing

from .test_pages import html

if TYPE_CHECKING:
    from catalog.models import AIModel

MakeModel = Callable[..., "AIModel"]
GB = 10**9


@pytest.fixture(autouse=True)
def engine(settings: Settings, tmp_path: Path) -> Iterator[None]:
    """The embedded engine, so that counts are whole; and a machine that is always the same."""
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    settings.HARDWARE_MEMORY, settings.HARDWARE_GPU_MEMORY = 16 * GB, [0]
    search.breaker.close()
    yield
    search.breaker.close()


@pytest.fixture
def sized(make_model: MakeModel) -> None:
    make_model("Meta/Llama-3-8B", parameters=8 * GB, context_length=131_072)
    make_model("fan/Llama-3-8B-GGUF", parameters=8 * GB, context_length=4_096, formats=["gguf"])
    make_model("fan/Llama-3-8B-4bit", parameters=8 * GB, context_length=4_096, formats=["mlx"])
    make_model("a/unknown")
    indexing.sweep()


def test_what_fits_is_shown_with_its_arithmetic(client: Client, sized: None) -> None:
    page = html(client, "/models?fits=24GB")

    assert "18.8 GB = 8B × 2 bytes + 1.1 GB for 8K of context + 10 %" in page
    assert "5.9 GB = 8B × 0.61 bytes + 532 MB for 4K of context + 10 %" in page
    assert "1 left out, as nothing tells their size." in page


def test_the_arithmetic_follows_the_context(client: Client, sized: None) -> None:
    page = html(client, "/models?fits=80GB&context=128k")

    assert "36.3 GB = 8B × 2 bytes + 17 GB for 128K of context + 10 %" in page
    assert '<option value="128k" selected>128K</option>' in page
    assert "Reckoned with a context of" in page


def test_this_machine_is_described_and_what_cannot_run_on_it_left_out(
    client: Client, sized: None
) -> None:
    page = html(client, "/models?runs_here=true")

    assert "16 GB, no GPU" in page
    assert "1 model" in page
    assert "Llama-3-8B-GGUF" in page
    assert 'name="runs_here" value="true" checked' in page


def test_nothing_fits_says_which_filter_emptied_it(client: Client, sized: None) -> None:
    page = html(client, "/models?fits=1GB&context=8k&publisher=Meta")

    assert "without Fits in: <b>1GB</b>" in page
    assert "without Reckoned" not in page


def test_a_model_tells_what_it_takes_at_several_lengths_and_precisions(
    client: Client, make_model: MakeModel
) -> None:
    make_model("Meta/Llama-3-8B", parameters=8 * GB, context_length=131_072)

    page = html(client, "/models/Meta/Llama-3-8B")

    assert "≈ 18.8 GB" in page
    assert "18.8 GB = 8B × 2 bytes + 1.1 GB for 8K of context + 10 %" in page
    assert "4.5 bits" in page and "128K" in page


def test_a_model_of_unknown_size_says_so(client: Client, make_model: MakeModel) -> None:
    make_model("a/unknown")

    page = html(client, "/models/a/unknown")

    assert "Not reported" in page
    assert "At other lengths" not in page


def test_an_inherited_license_is_shown_with_its_origin(
    client: Client, make_model: MakeModel
) -> None:
    base = make_model("maker/base")
    nothing = {"license": None, "license_class": "unknown"}
    make_model("fan/tuned", base_model=base, base_model_names=["maker/base"], **nothing)
    inheritance.settle()
    indexing.sweep()

    listing = html(client, "/models?q=tuned&license_class=open")
    page = html(client, "/models/fan/tuned")

    assert "Inherited from maker/base" in listing
    assert "Commercial use allowed" in listing
    assert 'license inherited from <a href="/models/maker/base">maker/base</a>' in page
    assert "inherited from maker/base" in page


def test_prices_are_asked_for_where_there_are_any(client: Client, make_model: MakeModel) -> None:
    cheap = make_model("a/cheap")
    without = html(client, "/models")
    Offer.objects.create(
        ai_model=cheap,
        provider="Acme",
        unit="per M input tokens",
        amount="0.25",
        seen_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    cheap.save()
    indexing.sweep()

    page = html(client, "/models?price_max=0.3&price_unit=input_tokens")

    assert 'name="price_max"' not in without
    assert 'name="price_max" value="0.3"' in page
    assert "a/" in page and "cheap" in page
    assert "$0.25 for a million tokens read" in page


def test_values_that_nothing_has_are_dimmed_and_stay(client: Client, sized: None) -> None:
    page = html(client, "/models?q=llama")

    assert '<li class="none"><label><input type="checkbox" name="license_class"' in page
    assert "Calls tools" in page


def test_values_of_a_long_facet_are_found_by_a_part(client: Client, sized: None) -> None:
    page = html(client, "/facets/publisher?values=MET&q=llama")
    named = html(client, "/facets/license_class?values=commercial+use+allowed")
    nothing = html(client, "/facets/publisher?values=zzz")

    assert 'value="Meta"' in page and 'value="fan"' not in page
    assert 'value="open"' in named and 'value="unknown"' not in named
    assert "No value holds “zzz” here." in nothing
