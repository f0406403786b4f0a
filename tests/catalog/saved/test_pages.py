"""Signing in, and the pages of saved searches, as somebody without JavaScript gets them."""

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.models import User
from catalog.models import AIModel, Alert, SavedSearch
from catalog.models.saved import MOST_PER_PERSON
from tests.catalog.pages.conftest import MakeModel

from .conftest import Look, Save

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries
    from pytest_django.fixtures import SettingsWrapper

pytestmark = pytest.mark.django_db
WANTED = {"name": "Llamas", "query": "q=llama", "mailing": "off", "webhook_url": ""}


def html(client: Client, path: str, status: int = 200, **headers: str) -> str:
    response = client.get(path, headers=headers)
    assert response.status_code == status, response
    return response.content.decode()


def test_somebody_signs_in_and_comes_back_to_where_they_were(client: Client, ada: User) -> None:
    page = html(client, "/models?q=llama")
    assert 'href="/account/login?next=/models%3Fq%3Dllama"' in page

    response = client.post(
        "/account/login",
        {"login": "ada", "password": "a-long-password", "next": "/models?q=llama"},
    )

    assert response["Location"] == "/models?q=llama"
    assert ">ada</summary>" in html(client, "/models?q=llama")


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example"]
)
def test_signing_in_never_leads_to_another_host(client: Client, ada: User, elsewhere: str) -> None:
    response = client.post(
        "/account/login",
        {"login": "ada", "password": "a-long-password", "next": elsewhere},
    )

    assert response["Location"] == "/"


def test_a_wrong_password_is_told_without_saying_which_part_is_wrong(
    client: Client, ada: User
) -> None:
    response = client.post("/account/login", {"login": "ada", "password": "wrong"})

    assert response.status_code == 200
    assert "notice bad" in response.content.decode()


def test_signing_out_needs_a_post(as_ada: Client) -> None:
    assert as_ada.get("/account/logout").status_code == 405
    as_ada.post("/account/logout")

    assert as_ada.get("/account/searches").status_code == 302


def test_only_staff_is_shown_the_way_to_the_admin(as_ada: Client, ada: User) -> None:
    menu = '<a href="/admin/">Admin</a>\n    <form'
    assert menu not in html(as_ada, "/account/searches")

    ada.is_staff = True
    ada.save()

    assert menu in html(as_ada, "/account/searches")


def test_createsuperuser_makes_somebody_who_can_sign_in(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "a-long-password")
    call_command(
        "createsuperuser", username="root", email="root@example.org", interactive=False, verbosity=0
    )

    response = client.post("/account/login", {"login": "root", "password": "a-long-password"})

    assert response.status_code == 302


def test_reading_needs_no_account_and_leaves_no_cookie(client: Client, llama: AIModel) -> None:
    response = client.get("/models?q=llama")

    assert response.status_code == 200
    assert not response.cookies


def test_saving_leads_over_the_sign_in_and_keeps_the_search(client: Client, ada: User) -> None:
    page = html(client, "/models?q=llama&task=text-generation&sort=likes")
    href = "/account/searches/new?q=llama&amp;task=text-generation"
    assert f'href="{href}"' in page

    response = client.get(href.replace("&amp;", "&"))

    assert response["Location"] == (
        "/account/login?next=/account/searches/new%3Fq%3Dllama%26task%3Dtext-generation"
    )


def test_the_form_is_filled_in_from_the_search(as_ada: Client, llama: AIModel) -> None:
    page = html(as_ada, "/account/searches/new?q=llama&task=-text-generation")

    assert 'value="llama, not Text Generation"' in page
    assert 'value="q=llama&amp;task=-text-generation"' in page


def test_a_search_is_saved_with_its_canonical_parameters(as_ada: Client, ada: User) -> None:
    address = "https://models.example.org/models?task=TTS&q=tiny++voice&page=3&nonsense=1"

    response = as_ada.post("/account/searches/new", WANTED | {"query": address})

    saved = SavedSearch.objects.get()
    assert response["Location"] == saved.get_absolute_url()
    assert saved.owner == ada
    assert saved.query_string == "q=tiny+voice&task=text-to-speech"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": " "}, "Give the search a name."),
        ({"query": "params_min=lots"}, "params_min: “lots” is no amount"),
        ({"mailing": "hourly"}, "hourly is not one of the available choices."),
        ({"webhook_url": "example.org"}, "write one as in https://example.org/hook."),
        ({"webhook_url": "http://example.org/"}, "must begin with https://"),
        ({"webhook_url": "https://127.0.0.1/"}, "Addresses inside a network are not called"),
        ({"webhook_url": "https://me:secret@example.org/"}, "user name or password"),
        ({"webhook_url": "https://example.org:22/"}, "Only the usual port"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(
    as_ada: Client, wrong: dict[str, str], sentence: str
) -> None:
    response = as_ada.post("/account/searches/new", WANTED | wrong)

    assert response.status_code == 400
    assert sentence in response.content.decode()
    assert not SavedSearch.objects.exists()


def test_nobody_saves_more_than_the_limit(as_ada: Client, save: Save) -> None:
    SavedSearch.objects.bulk_create(
        SavedSearch(owner=User.objects.get(), name=str(number)) for number in range(MOST_PER_PERSON)
    )

    response = as_ada.post("/account/searches/new", WANTED)

    assert response.status_code == 400
    assert "You have 100 saved searches" in response.content.decode()


def test_without_saved_searches_the_list_says_how_to_get_one(as_ada: Client) -> None:
    assert "You saved no search yet." in html(as_ada, "/account/searches")


def test_the_list_shows_filters_new_matches_and_the_last_alert(
    as_ada: Client, save: Save, look: Look, make_model: MakeModel
) -> None:
    saved = save("q=llama&task=text-generation", webhook_url="https://example.org/hook")
    look()
    make_model("Meta/llama-2")
    look()
    Alert.objects.update(status="failed", problem="refused", answer=500)

    page = html(as_ada, "/account/searches")

    assert saved.get_absolute_url() in page
    assert "1 new" in page
    assert "Text Generation" in page
    assert "Webhook: Given up" in page
    assert "It answered with a status that is no success. Status 500." in page


def test_the_list_needs_as_many_queries_for_twenty_as_for_one(
    as_ada: Client, save: Save, django_assert_max_num_queries: "DjangoAssertNumQueries"
) -> None:
    for number in range(20):
        saved = save(f"q=llama&tag=t{number}")
        saved.alerts.create(channel="webhook", give_up_at=saved.created_at)
    as_ada.get("/account/searches")  # names of tasks and the like are remembered now

    with django_assert_max_num_queries(4):  # session, user, searches, their last alerts
        as_ada.get("/account/searches")


def test_opening_a_search_shows_the_new_matches_and_notes_them_as_seen(
    as_ada: Client, save: Save, look: Look, make_model: MakeModel
) -> None:
    saved = save()
    look()
    make_model("Meta/llama-2")
    look()

    page = html(as_ada, saved.get_absolute_url())

    assert "1 since you looked last" in page
    assert 'href="/models/Meta/llama-2"' in page
    assert "since you looked last" not in html(as_ada, saved.get_absolute_url())


def test_the_page_of_a_search_needs_few_queries(
    as_ada: Client,
    save: Save,
    look: Look,
    make_model: MakeModel,
    django_assert_max_num_queries: "DjangoAssertNumQueries",
) -> None:
    saved = save(webhook_url="https://example.org/hook")
    look()
    for number in range(5):
        make_model(f"Meta/llama-{number}")
        look()
    as_ada.get(saved.get_absolute_url())

    with django_assert_max_num_queries(7):
        as_ada.get(saved.get_absolute_url())


def test_the_search_page_needs_few_queries_for_people_who_signed_in(
    as_ada: Client,
    look: Look,
    make_model: MakeModel,
    django_assert_max_num_queries: "DjangoAssertNumQueries",
) -> None:
    make_model("Meta/llama-2")
    look()
    as_ada.get("/models?q=llama")

    with django_assert_max_num_queries(6):
        as_ada.get("/models?q=llama")
    with django_assert_max_num_queries(4):
        Client().get("/models?q=llama")


def test_a_search_is_edited_paused_resumed_and_deleted(as_ada: Client, save: Save) -> None:
    saved = save()
    page = saved.get_absolute_url()
    assert 'value="q=llama"' in html(as_ada, f"{page}/edit")

    as_ada.post(f"{page}/edit", WANTED | {"name": "Others", "query": "q=qwen"})
    saved.refresh_from_db()
    assert (saved.name, saved.query_string) == ("Others", "q=qwen")

    as_ada.post(f"{page}/pause")
    saved.refresh_from_db()
    assert saved.is_paused
    assert "Paused" in html(as_ada, page)

    as_ada.post(f"{page}/resume")
    saved.refresh_from_db()
    assert not saved.is_paused

    assert as_ada.post(f"{page}/delete")["Location"] == "/account/searches"
    assert not SavedSearch.objects.exists()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", ""),
        ("get", "/edit"),
        ("post", "/edit"),
        ("post", "/pause"),
        ("post", "/resume"),
        ("post", "/delete"),
        ("post", "/feed"),
        ("post", "/secret"),
        ("post", "/test/webhook"),
        ("post", "/test/email"),
    ],
)
def test_a_search_of_somebody_else_does_not_exist(
    as_ada: Client, client: Client, bob: User, save: Save, method: str, path: str
) -> None:
    saved = save(owner=bob)
    address = f"{saved.get_absolute_url()}{path}"
    before = SavedSearch.objects.values().get()

    assert getattr(as_ada, method)(address).status_code == 404
    assert getattr(client, method)(address)["Location"].startswith("/account/login?next=")
    assert SavedSearch.objects.values().get() == before


def test_an_alert_of_somebody_else_does_not_exist(as_ada: Client, bob: User, save: Save) -> None:
    saved = save(owner=bob)
    alert = saved.alerts.create(channel="webhook", give_up_at=saved.created_at, status="failed")

    assert as_ada.post(f"/account/alerts/{alert.pk}/again").status_code == 404


def test_every_form_is_refused_without_its_token(ada: User, save: Save) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    page = save().get_absolute_url()

    for path in ("pause", "resume", "delete", "feed", "secret", "test/email", "edit"):
        assert client.post(f"{page}/{path}").status_code == 403, path
    for path in ("/account/searches/new", "/account/login", "/account/logout"):
        assert client.post(path).status_code == 403, path


def test_account_pages_are_never_kept_by_caches(as_ada: Client, save: Save) -> None:
    saved = save()

    for path in ("/account/searches", saved.get_absolute_url(), "/account/login"):
        assert "no-store" in as_ada.get(path).headers.get("Cache-Control", "") or path.endswith(
            "login"
        )


def test_without_mail_the_form_says_who_can_change_that(
    as_ada: Client, ada: User, settings: "SettingsWrapper"
) -> None:
    settings.EMAIL_URL = ""
    assert "This installation sends no e-mail" in html(as_ada, "/account/searches/new?q=llama")

    settings.EMAIL_URL = "smtp://127.0.0.1:25"
    assert "To ada@example.org" in html(as_ada, "/account/searches/new?q=llama")

    ada.email = ""
    ada.save()
    assert "has no e-mail address" in html(as_ada, "/account/searches/new?q=llama")


def test_a_hostile_name_is_shown_as_text(as_ada: Client, save: Save, **_: Any) -> None:
    saved = save("q=<script>alert(1)</script>", name="<script>alert(1)</script>")

    for path in ("/account/searches", saved.get_absolute_url()):
        assert not re.search("<script>alert", html(as_ada, path))


def test_who_saves_words_that_nothing_has_all_of_is_told_what_to_expect(
    as_ada: Client, look: Look, make_model: MakeModel
) -> None:
    make_model("Meta/llama-2")
    look()

    page = html(as_ada, "/account/searches/new?q=llama+vision+instruct")

    assert "Today nothing has all of these words." in page
    assert "Today nothing" not in html(as_ada, "/account/searches/new?q=llama")
