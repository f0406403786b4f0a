"""How often the database is asked for what words mean, and what may not be said."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from catalog.models import SearchTerm
from catalog.search import terms

pytestmark = pytest.mark.django_db
Kind = SearchTerm.Kind


@pytest.fixture
def clock(monkeypatch):
    """Time stands still until a test moves it."""
    now = [1000.0]
    monkeypatch.setattr(terms.time, "monotonic", lambda: now[0])
    return now


def test_searches_do_not_ask_the_database_within_two_seconds(clock, django_assert_num_queries):
    terms.table()

    with django_assert_num_queries(0):
        clock[0] += 1.9
        terms.table()
    with django_assert_num_queries(1):
        clock[0] += 0.2
        terms.table()
        terms.table()


def test_another_processes_change_is_seen_two_seconds_later(clock):
    """A process that changed nothing itself has only its clock."""
    term = SearchTerm.objects.create(text="greek", spelling="alpha")
    assert terms.table().named["greek"].words == ("alpha",)

    term.spelling = "beta"
    term.save()

    assert terms.table().named["greek"].words == ("alpha",)
    clock[0] += 2.1
    assert terms.table().named["greek"].words == ("beta",)


def test_one_term_in_the_place_of_another_is_a_change(clock):
    SearchTerm.objects.create(text="greek", spelling="alpha")
    terms.table()

    SearchTerm.objects.all().delete()
    SearchTerm.objects.create(text="roman", spelling="beta")
    clock[0] += 2.1

    assert terms.table().named.keys() & {"greek", "roman"} == {"roman"}


@pytest.mark.parametrize(
    ("fields", "field", "told"),
    [
        ({"text": "-"}, "text", "Type at least one letter or digit."),
        ({"text": "one two three four five six seven"}, "text", "has at most 6 words"),
        ({"text": "\ufdfa" * 50}, "text", "longer than 100 letters"),
        ({"text": "x" * 101}, "text", "at most 100 characters"),
        ({"text": "S D"}, "text", "There is a term “sd” already"),
        ({"spelling": ""}, "spelling", "say which"),
        ({"spelling": "..."}, "spelling", "Type at least one letter or digit."),
        ({"spelling": "New-Term"}, "spelling", "It means itself"),
        ({"spelling": "first"}, "spelling", "It goes in a circle: new term → first → newterm"),
        ({"kind": "task"}, "task", "say which"),
        ({"kind": "model"}, "ai_model", "say which"),
        ({"kind": "topic", "topic": "no-such"}, "topic", "There is no topic no-such"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(fields, field, told):
    SearchTerm.objects.create(text="sd", spelling="stable diffusion")
    SearchTerm.objects.create(text="first", spelling="newterm")
    term = SearchTerm(**{"text": "new term", "spelling": "names", **fields})

    with pytest.raises(ValidationError) as refused:
        term.full_clean()

    assert told in " ".join(refused.value.message_dict[field])


def test_what_its_kind_does_not_need_is_forgotten():
    term = SearchTerm(text="one", kind=Kind.TOPIC, spelling="two", topic="anime")

    term.full_clean()

    assert (term.spelling, term.topic) == ("", "anime")


@pytest.mark.parametrize(
    "fields",
    [{"spelling": ""}, {"spelling": "a", "topic": "anime"}, {"kind": "task"}, {"text": "-"}],
)
def test_the_database_keeps_terms_that_mean_one_thing(fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        SearchTerm.objects.create(**{"text": "new", "spelling": "names", **fields})
