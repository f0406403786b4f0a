"""Whatever is asked, through the form, is answered: by the engine, and by the database."""

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.forms import SearchForm
from catalog.models import AIModel
from catalog.search import FACETS, breaker, embedded, find, indexing
from catalog.search.errors import Unavailable

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("engine")]

SYNTAX = ["AND", "OR", "NOT", '"', "(", "[a TO b]", "name:x", "*", "~2", "\\", "-", "\0", "\ud800"]
TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from([*SYNTAX, "llama", "8b", "文本转语音", "the"]), max_size=15).map(
        " ".join
    ),
    st.sampled_from(["https://huggingface.co/", "a/b", "//", "http://[", "a/b:c@d", "中" * 300]),
)
PAIRS = st.lists(st.tuples(st.sampled_from(list(SearchForm.base_fields)), TEXTS), max_size=6)
SEARCHES = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def asked(text: str, pairs: list[tuple[str, str]]) -> SearchForm:
    sent = QueryDict(mutable=True)
    sent["q"] = text
    for name, value in pairs:
        sent.appendlist(name, value)
    return SearchForm(sent)


@SEARCHES
@given(TEXTS, PAIRS)
def test_the_engine_answers_or_the_form_refuses(make_model, text, pairs):
    make_one(make_model)
    form = asked(text, pairs)

    if form.is_valid():
        results = embedded.find(form.query(facets=FACETS))
        assert results.total <= 1
        assert len(results.ids) <= results.total


@SEARCHES
@given(TEXTS, PAIRS)
def test_the_database_answers_or_the_form_refuses(make_model, text, pairs):
    breaker.open_for(Unavailable("as a test"))
    form = asked(text, pairs)

    if form.is_valid():
        assert find(form.query(facets=FACETS)).is_degraded


def make_one(make_model) -> None:
    """Once a test, not once an example: the fixtures stay for all of them."""
    if not AIModel.objects.exists():
        make_model("meta/llama-3-8b", task="text-generation", summary="A model 模型")
        indexing.sweep()
