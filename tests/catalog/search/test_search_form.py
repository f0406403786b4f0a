import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.forms import SearchForm


def form(query_string: str) -> SearchForm:
    return SearchForm(QueryDict(query_string))


def test_filters_repeat_and_a_minus_means_not():
    asked = form("q=llama&task=text-generation&task=-fill-mask&task=text-generation")

    assert asked.is_valid()
    query = asked.query()
    assert query.text == "llama"
    assert query.any_of == {"task": ("text-generation",)}
    assert query.none_of == {"task": ("fill-mask",)}


def test_other_spellings_of_a_known_value_mean_the_same():
    asked = form(
        "license=apache-2&license=apache-2.0&license=our-own&license=-Llama-3&library=sklearn"
    )

    assert asked.is_valid()
    query = asked.query()
    assert query.any_of == {"license": ("apache-2.0", "our-own"), "library": ("scikit-learn",)}
    assert query.none_of == {"license": ("llama3",)}


def test_amounts_carry_units():
    asked = form("params_min=1.5B&params_max=7000000000&context_min=128k&memory_max=24gb")

    assert asked.is_valid()
    query = asked.query()
    assert query.parameters_min == 1_500_000_000
    assert query.parameters_max == 7_000_000_000
    assert query.context_min == 128_000
    assert query.memory_max == 24_000_000_000


def test_prices_are_dollars():
    asked = form("price_min=$0.25&price_max=1&price_unit=image&has_price=yes")

    assert asked.is_valid()
    query = asked.query()
    assert (query.price_min, query.price_max) == (250_000_000, 1_000_000_000)
    assert (query.price_unit, query.is_priced) == ("image", True)


@pytest.mark.parametrize(
    ("written", "reckoned"),
    [("", 8_192), ("1", 2_048), ("8192", 8_192), ("8193", 16_384), ("32k", 32_768), ("1T", 2**20)],
)
def test_a_context_is_reckoned_at_the_next_power_of_two(written, reckoned):
    asked = form(f"fits=24GB&context={written}")

    assert asked.is_valid()
    assert (asked.query().fits, asked.query().context) == (24_000_000_000, reckoned)


def test_what_runs_here_fits_the_hardware_of_this_installation(settings):
    settings.HARDWARE_MEMORY = 64_000_000_000
    settings.HARDWARE_GPU_MEMORY = [24_000_000_000, 24_000_000_000]

    here, smaller = form("runs_here=true"), form("runs_here=true&fits=8GB")

    assert here.is_valid() and smaller.is_valid()
    assert (here.query().fits, here.query().devices) == (24_000_000_000, ("gpu",))
    assert smaller.query().fits == 8_000_000_000


def test_without_an_accelerator_models_have_the_memory_of_the_machine(settings):
    settings.HARDWARE_MEMORY = 64_000_000_000
    settings.HARDWARE_GPU_MEMORY = [0]

    asked = form("runs_here=true")

    assert asked.is_valid()
    assert (asked.query().fits, asked.query().devices) == (64_000_000_000, ())


def test_a_page_becomes_an_offset():
    asked = form("page=3&limit=10")

    assert asked.is_valid()
    assert (asked.query().offset, asked.query().limit) == (20, 10)


def test_the_state_is_told_in_one_order_and_without_the_page():
    asked = form("page=2&sort=likes&task=-a&q=+llama++3&task=b&unknown=1&params_min=7B")

    assert asked.is_valid()
    assert asked.parameters() == [
        ("q", "llama 3"),
        ("task", "b"),
        ("task", "-a"),
        ("params_min", "7B"),
        ("sort", "likes"),
    ]


@pytest.mark.parametrize(
    ("query_string", "field", "said"),
    [
        ("q=" + "x" * 1001, "q", "at most 1000"),
        ("task=-", "task", "missing after the -"),
        ("tag=" + "x" * 201, "tag", "at most 200"),
        ("&".join(f"tag={number}" for number in range(51)), "tag", "at most 50"),
        ("params_min=many", "params_min", "7B"),
        ("params_min=8b&params_max=7b", "params_min", "not be more"),
        ("params_max=99999999999999999T", "params_max", "more than can be asked"),
        ("memory_max=24", "memory_max", "24GB"),
        ("fits=24", "fits", "24GB"),
        ("context=long", "context", "32k"),
        ("context_min=9k&context_max=8k", "context_min", "not be more"),
        ("price_min=2&price_max=1", "price_min", "not be more"),
        ("price_max=cheap", "price_max", "as in 0.5"),
        ("price_max=-1", "price_max", "as in 0.5"),
        ("price_unit=barrel", "price_unit", "input_tokens"),
        ("runs_here=perhaps", "runs_here", "true, false"),
        ("updated_since=2026-13-01", "updated_since", "2026-01-31"),
        ("runnable=perhaps", "runnable", "true, false"),
        ("sort=beauty", "sort", "relevance, trending"),
        ("page=-1", "page", "from 1 to"),
        ("page=1000000000000000000", "page", "from 1 to"),
        ("page=" + "9" * 5000, "page", "from 1 to"),
        ("limit=101", "limit", "from 1 to 100"),
    ],
)
def test_a_wrong_value_is_an_error_that_names_its_field(query_string, field, said):
    asked = form(query_string)

    assert not asked.is_valid()
    assert list(asked.errors) == [field]
    assert said in asked.sentences()[0]
    assert asked.sentences()[0].startswith(f"{field}: ")


def test_control_characters_and_lone_surrogates_are_no_words():
    asked = SearchForm({"q": "a\0b\x1b[31m\ud800c\n", "tag": "x\0\ud800"})

    assert asked.is_valid()
    assert asked.query().text == "a b [31mc"
    assert asked.query().any_of == {"tag": ("x",)}


NAMES = list(SearchForm.base_fields)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(NAMES), st.text(max_size=40)), max_size=8))
def test_any_query_string_is_a_query_or_a_named_error(pairs):
    sent = QueryDict(mutable=True)
    for name, value in pairs:
        sent.appendlist(name, value)

    asked = SearchForm(sent)

    if asked.is_valid():
        assert 0 <= asked.query().offset < 2**63
    else:
        assert set(asked.errors) <= set(NAMES)
