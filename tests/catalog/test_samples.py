"""Samples: lifelike, the same for the same seed, any number, and gone again when asked."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from catalog.models import AIModel, Card, Publisher, SourceRecord, Version
from catalog.popularity import popularity_of
from catalog.samples.families import parameters_of, plan
from catalog.samples.words import PUBLISHERS, family_word, publisher_slug

pytestmark = pytest.mark.django_db


def sample(models: int | None = None, **options: object) -> str:
    out = StringIO()
    call_command("sample_catalog", models=models, stdout=out, **options)
    return out.getvalue()


def test_as_many_models_are_made_as_asked_for_all_marked_and_listed() -> None:
    told = sample(250)

    assert AIModel.objects.count() == 250
    assert set(AIModel.objects.values_list("is_sample", "source", "status")) == {
        (True, "sample", "listed")
    }
    assert "250 of 250 samples" in told


def test_a_larger_number_adds_the_rest_and_makes_what_one_run_makes() -> None:
    for total in (5, 40, 100):
        sample(total)
    in_steps = list(AIModel.objects.order_by("source_id").values_list(*FACTS))
    sample(remove=True)

    sample(100)

    assert list(AIModel.objects.order_by("source_id").values_list(*FACTS)) == in_steps


FACTS = ("key", "summary", "task", "license", "parameters", "downloads", "published_at", "tags")


def test_a_smaller_number_takes_nothing_away() -> None:
    sample(50)

    sample(20)

    assert AIModel.objects.count() == 50


def test_another_seed_makes_other_models() -> None:
    sample(60, seed=1)
    first = set(AIModel.objects.values_list("key", flat=True))
    sample(remove=True)

    sample(60, seed=2)

    assert not first & set(AIModel.objects.values_list("key", flat=True))


def test_two_seeds_are_not_mixed() -> None:
    sample(12, seed=1)

    with pytest.raises(CommandError, match="sample_catalog --remove"):
        sample(24, seed=2)


def test_removing_leaves_every_model_that_is_no_sample() -> None:
    mine = Publisher.objects.create(slug="somebody")
    AIModel.objects.create(publisher=mine, name="own")
    sample(120)

    told = sample(remove=True)

    assert [str(model) for model in AIModel.objects.all()] == ["somebody/own"]
    assert list(Publisher.objects.all()) == [mine]
    assert not SourceRecord.objects.exists()
    assert "120 samples taken away" in told


def test_a_number_that_is_missing_is_asked_for() -> None:
    with pytest.raises(CommandError, match="--models is how many samples"):
        sample()


def test_what_a_model_was_made_from_is_a_model_of_the_catalog() -> None:
    sample(240)

    made = AIModel.objects.exclude(base_relation="").select_related("base_model__publisher")

    assert made.count() > 100
    for model in made:
        assert [model.base_model.full_name] == model.base_model_names


def test_every_sample_has_a_record_of_what_its_source_says() -> None:
    sample(60)

    for model in AIModel.objects.prefetch_related("source_records"):
        (record,) = model.source_records.all()
        assert record.values["parameters"] == model.parameters
        assert record.values["task"] == model.task_id


def test_popularity_follows_from_the_counters() -> None:
    sample(60)

    for model in AIModel.objects.all():
        assert model.popularity == popularity_of(
            downloads=model.downloads, likes=model.likes, runs=model.runs
        )


def test_some_have_cards_and_versions_with_a_schema() -> None:
    sample(1200)

    assert 240 < Card.objects.count() < 480
    schema = Version.objects.first().openapi_schema
    assert schema["components"]["schemas"]["Input"]["properties"]


def test_downloads_have_a_long_tail() -> None:
    sample(2400)

    counts = sorted(AIModel.objects.values_list("downloads", flat=True), reverse=True)

    assert sum(counts[:24]) > sum(counts) / 2


def test_the_index_is_due_to_take_them_in() -> None:
    sample(30)

    assert AIModel.objects.stale_in_index().count() == 30


@pytest.mark.parametrize(
    ("size", "parameters"),
    [("7b", (7_000_000_000, None)), ("30b-a3b", (30_000_000_000, 3_000_000_000))],
)
def test_parameters_match_the_name(size: str, parameters: tuple[int, int | None]) -> None:
    assert parameters_of(size) == parameters


def test_no_two_samples_share_a_name() -> None:
    members = [member for family in range(3000) for member in plan(family, seed=1)]

    assert len({f"{member.owner}/{member.name}".lower() for member in members}) == len(members)


def test_no_two_families_or_publishers_share_a_name() -> None:
    assert len({family_word(number) for number in range(50_000)}) == 50_000
    assert len({publisher_slug(rank).lower() for rank in range(PUBLISHERS)}) == PUBLISHERS
