"""What is news for a saved search, and that it is news once."""

from typing import TYPE_CHECKING

import pytest
from django.db.models.functions import Now

from catalog import tasks
from catalog.models import AIModel, SavedMatch, SavedSearch
from catalog.saved import actions, alerts, looking
from catalog.search import breaker, indexing
from catalog.search.errors import Unavailable
from tests.catalog.pages.conftest import MakeModel

from .conftest import Look, Save

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


def names(saved: SavedSearch) -> list[str]:
    matches = saved.matches.select_related("ai_model__publisher")
    return [match.ai_model.full_name for match in matches]


def test_what_was_there_before_is_no_news(make_model: MakeModel, save: Save, look: Look) -> None:
    make_model("Meta/llama-1")
    saved = save()

    look()

    assert names(saved) == []


@pytest.mark.parametrize("engine", ["embedded", "meilisearch"], indirect=True)
def test_a_model_that_came_in_is_news(make_model: MakeModel, save: Save, look: Look) -> None:
    saved = save()
    look()
    make_model("Meta/llama-2")
    make_model("acme/whisper")

    look()

    assert names(saved) == ["Meta/llama-2"]
    saved.refresh_from_db()
    assert saved.unseen == 1


def test_what_came_in_before_the_first_look_is_news(
    make_model: MakeModel, save: Save, look: Look
) -> None:
    make_model("Meta/llama-1")
    saved = save()
    make_model("Meta/llama-2")

    look()

    assert names(saved) == ["Meta/llama-2"]


def test_a_model_that_is_changed_so_that_it_fits_is_news(
    make_model: MakeModel, save: Save, look: Look
) -> None:
    model = make_model("Meta/llama-1", license_class="non-commercial")
    saved = save("q=llama&license_class=open")
    look()

    model.license_class = "open"
    model.save()
    look()

    assert names(saved) == ["Meta/llama-1"]


def test_a_change_of_what_fitted_already_is_no_news(
    make_model: MakeModel, save: Save, look: Look
) -> None:
    model = make_model("Meta/llama-1")
    saved = save()
    look()

    model.downloads = 5
    model.save()
    look()

    assert names(saved) == []


def test_a_model_that_is_edited_back_and_forth_is_told_once(
    make_model: MakeModel, save: Save, look: Look
) -> None:
    saved = save("license_class=open")
    look()
    model = make_model("Meta/llama-1")
    look()
    SavedMatch.objects.all().delete()  # as after thirty days

    for license_class in ("non-commercial", "open"):
        model.license_class = license_class
        model.save()
        look()

    assert names(saved) == []


def test_a_search_without_filters_is_told_of_everything(
    make_model: MakeModel, save: Save, look: Look
) -> None:
    saved = save("")
    look()
    make_model("a/one")
    make_model("a/two")

    look()

    assert set(names(saved)) == {"a/one", "a/two"}


def test_a_hidden_model_is_no_news(make_model: MakeModel, save: Save, look: Look) -> None:
    saved = save()
    look()
    make_model("Meta/llama-2", status="hidden")
    shown = make_model("Meta/llama-3")
    indexing.sweep()
    AIModel.objects.filter(pk=shown.pk).update(status="hidden")  # the index does not know yet

    SavedSearch.objects.update(look_at=Now())
    looking.look_at_due()

    assert names(saved) == []


def test_what_has_only_some_of_the_words_is_no_news(
    make_model: MakeModel, save: Save, look: Look
) -> None:
    saved = save("q=llama+vision+instruct")
    look()
    make_model("Meta/llama-2")

    look()

    assert names(saved) == []


def test_looking_twice_changes_nothing(make_model: MakeModel, save: Save, look: Look) -> None:
    saved = save(webhook_url="https://example.org/hook")
    look()
    make_model("Meta/llama-2")

    look()
    look()
    tasks.look_for_new_matches()

    assert names(saved) == ["Meta/llama-2"]
    saved.refresh_from_db()
    assert saved.unseen == 1
    assert saved.alerts.count() == 1


def test_two_looks_at_once_write_once(make_model: MakeModel, save: Save, look: Look) -> None:
    saved = save()
    look()
    make_model("Meta/llama-2")
    indexing.sweep()
    one = SavedSearch.objects.get(pk=saved.pk)
    other = SavedSearch.objects.get(pk=saved.pk)
    moment = looking.Moment.now()

    looking._look(one, moment)
    looking._look(other, moment)

    assert names(saved) == ["Meta/llama-2"]
    saved.refresh_from_db()
    assert saved.unseen == 1


def test_a_model_that_the_index_does_not_hold_yet_is_found_when_it_does(
    make_model: MakeModel, save: Save, look: Look
) -> None:
    saved = save()
    look()
    late = make_model("Meta/llama-2")
    SavedSearch.objects.update(look_at=Now())
    tasks.look_for_new_matches()  # nothing was indexed meanwhile
    assert names(saved) == []

    look()

    assert names(saved) == [late.full_name]


def test_while_the_engine_is_down_nothing_is_looked_at_and_nothing_is_lost(
    make_model: MakeModel, save: Save, look: Look
) -> None:
    saved = save()
    look()
    make_model("Meta/llama-2")
    indexing.sweep()
    breaker.open_for(Unavailable("down"))
    SavedSearch.objects.update(look_at=Now())
    tasks.look_for_new_matches()
    assert names(saved) == []

    breaker.close()
    look()

    assert names(saved) == ["Meta/llama-2"]


def test_with_other_parameters_it_starts_anew(
    make_model: MakeModel, save: Save, look: Look
) -> None:
    saved = save()
    look()
    make_model("Meta/llama-2")
    make_model("acme/whisper-1")
    look()
    saved.refresh_from_db()

    actions.change(saved, name="W", query_string="q=whisper", mailing="off", webhook_url="")
    look()
    assert names(saved) == []
    make_model("acme/whisper-2")
    look()

    assert names(saved) == ["acme/whisper-2"]


def test_a_paused_search_finds_what_came_in_meanwhile_when_it_goes_on(
    make_model: MakeModel, save: Save, look: Look
) -> None:
    saved = save()
    look()
    actions.pause(saved)
    make_model("Meta/llama-2")
    look()
    assert names(saved) == []

    actions.resume(saved)
    look()

    assert names(saved) == ["Meta/llama-2"]


def test_of_very_many_only_the_first_are_kept_and_all_are_counted(
    make_model: MakeModel, save: Save, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "KEPT_A_LOOK", 2)
    saved = save()
    look()
    for number in range(5):
        make_model(f"Meta/llama-{number}")

    look()

    saved.refresh_from_db()
    assert (saved.matches.count(), saved.unseen) == (2, 5)
    look()
    assert saved.matches.count() == 2


def test_searches_without_news_cost_a_few_queries_however_many_there_are(
    save: Save,
    make_model: MakeModel,
    look: Look,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_max_num_queries: "DjangoAssertNumQueries",
) -> None:
    monkeypatch.setattr(looking, "BEHIND_THE_CLOCK", looking.timedelta(0))
    make_model("Meta/llama-1")
    for number in range(30):
        save(f"q=llama&tag=t{number}")
    look()
    SavedSearch.objects.update(look_at=Now())

    with django_assert_max_num_queries(5):
        assert looking.look_at_due() == 30


def test_a_search_that_cannot_be_read_any_more_is_left_alone(save: Save, look: Look) -> None:
    saved = save("params_min=lots")

    look()

    saved.refresh_from_db()
    assert saved.looked_through == 0


def test_an_import_is_told_in_one_mail(
    make_model: MakeModel, save: Save, look: Look, settings: "object"
) -> None:
    saved = save(mailing="at-once")
    look()
    for number in range(30):
        make_model(f"Meta/llama-{number}", downloads=number, popularity=number)
    look()

    assert alerts.make_due_mails() == 0  # made by the look already
    mail = saved.alerts.get()
    assert (mail.channel, mail.total, len(mail.ai_models)) == ("email", 30, 20)
    best = AIModel.objects.get(pk=mail.ai_models[0])
    assert best.name == "llama-29"


def test_while_an_import_runs_a_mail_waits(make_model: MakeModel, save: Save, look: Look) -> None:
    from catalog.models import ImportRun  # noqa: PLC0415

    run = ImportRun.objects.create(source="huggingface", location="x", fingerprint="x")
    saved = save(mailing="at-once")
    look()
    make_model("Meta/llama-1")
    look()
    make_model("Meta/llama-2")
    look()
    assert not saved.alerts.exists()

    run.finished_at = run.started_at
    run.save()
    look()

    assert saved.alerts.get().total == 2


def test_a_daily_mail_waits_for_its_day(make_model: MakeModel, save: Save, look: Look) -> None:
    saved = save(mailing="daily")
    look()
    make_model("Meta/llama-1")
    look()
    assert not saved.alerts.exists()

    yesterday = Now() - looking.timedelta(days=1, seconds=1)
    SavedSearch.objects.update(started_at=yesterday)
    look()

    assert saved.alerts.get().total == 1
