"""Licenses handed down: through chains, never in circles, and kept right by what curators do."""

import pytest

from accounts.models import User
from catalog import actions, inheritance
from catalog.models import AIModel, License, Publisher

pytestmark = pytest.mark.django_db


@pytest.fixture
def make_model():
    publisher = Publisher.objects.create(slug="a", key="a")

    def make(name, base=None, **fields):
        return AIModel.objects.create(publisher=publisher, name=name, base_model=base, **fields)

    return make


@pytest.fixture
def curator():
    return User.objects.create(username="curator")


def permits(ai_model):
    ai_model.refresh_from_db()
    return ai_model.permits


def test_a_chain_longer_than_the_bound_inherits_nothing_at_its_end(make_model):
    last = make_model("base", license_class="open")
    chain = [last := make_model(f"heir-{n}", last) for n in range(inheritance.DEEPEST + 1)]

    inheritance.settle()

    assert permits(chain[inheritance.DEEPEST - 1]) == "open"
    assert permits(chain[inheritance.DEEPEST]) == "unknown"


def test_a_license_of_its_own_stands_even_when_nobody_knows_what_it_permits(make_model):
    base = make_model("base", license_class="open")
    own = make_model("own", base, license_text="our own terms")
    heir = make_model("heir", own)

    inheritance.settle()

    assert permits(own) == "unknown"
    assert (permits(heir), heir.license_from) == ("unknown", own)


def test_a_curator_who_sets_a_license_sets_what_its_heirs_have(make_model, curator):
    base = make_model("base")
    heir = make_model("heir", base)
    mit, _ = License.objects.get_or_create(
        id="mit", defaults={"name": "MIT", "license_class": "open"}
    )

    actions.curate(base, by=curator, license=mit)

    assert (permits(heir), heir.license_from) == ("open", base)


def test_a_curator_who_sets_the_base_sets_the_license_too(make_model, curator):
    base = make_model("base", license_class="conditional")
    tuned = make_model("tuned")
    heir = make_model("heir", tuned)

    actions.curate(tuned, by=curator, base_model=base)

    assert (permits(tuned), permits(heir)) == ("conditional", "conditional")


def test_what_a_license_is_inherited_from_is_hidden_rather_than_deleted(make_model, curator):
    base = make_model("base", license_class="open")
    middle = make_model("middle", base)
    heir = make_model("heir", middle)
    inheritance.settle()

    removal = actions.delete(AIModel.objects.filter(pk__in=[base.pk, middle.pk]), by=curator)

    assert removal.hidden == ["a/base", "a/middle"]
    assert permits(heir) == "open"
