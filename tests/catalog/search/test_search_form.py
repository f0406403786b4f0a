import pytest
from django.http import QueryDict
from hypothesis import given
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
