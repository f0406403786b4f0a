"""Likes: one a person, counted apart from what the source of a model counts."""

from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError
from django.test import Client
from django.utils.html import escape

from accounts.models import User
from catalog.kept import actions
from catalog.models import AIModel, Like
from tests.catalog.pages.conftest import MakeModel

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
LLAMA = "/models/Meta/Llama-3-8B"


def html(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, response
    return response.content.decode()


def test_a_model_is_liked_and_no_longer_liked_on_its_page(
    as_ada: Client, ada: User, llama: AIModel
) -> None:
    said = as_ada.post(f"{LLAMA}/like", {"set": "on"}, follow=True)

    assert said.redirect_chain == [(LLAMA, 302)]
    page = said.content.decode()
    assert "You like Meta/Llama-3-8B." in page
    assert 'name="set" value="off"' in page
    assert Like.objects.get().user == ada

    as_ada.post(f"{LLAMA}/like", {"set": "off"})
    assert not Like.objects.exists()


def test_liking_twice_is_liking_once(as_ada: Client, ada: User, llama: AIModel) -> None:
    for _ in range(2):
        as_ada.post(f"{LLAMA}/like", {"set": "on"})

    assert Like.objects.count() == 1
    with pytest.raises(IntegrityError):
        Like.objects.create(user=ada, ai_model=llama)


def test_htmx_gets_the_buttons_alone_and_what_is_read_out(as_ada: Client, llama: AIModel) -> None:
    said = as_ada.post(f"{LLAMA}/like", {"set": "on"}, headers={"HX-Request": "true"})

    page = said.content.decode()
    assert page.lstrip().startswith('<div class="keeping"')
    assert "<html" not in page
    assert 'hx-swap-oob="innerHTML">You like Meta/Llama-3-8B.' in page


def test_our_own_likes_stand_beside_those_of_the_source_and_say_whose_they_are(
    client: Client, ada: User, bob: User, llama: AIModel
) -> None:
    AIModel.objects.filter(pk=llama.pk).update(likes=77)
    for user in (ada, bob):
        actions.like(user, llama)

    page = html(client, LLAMA)

    assert "Counted on this installation" in page
    assert '<span class="value">77</span>' in page
    assert '<span class="value">2</span>' in page
    assert ">79<" not in page
    llama.refresh_from_db()
    assert llama.likes == 77


def test_nobody_is_sent_to_the_sign_in_and_from_there_to_the_page_of_the_model(
    client: Client, llama: AIModel
) -> None:
    sign_in = "/account/login?next=%2Fmodels%2FMeta%2FLlama-3-8B"

    assert f'href="{escape(sign_in)}"' in html(client, LLAMA)
    assert client.post(f"{LLAMA}/like", {"set": "on"})["Location"] == sign_in
    by_htmx = client.post(f"{LLAMA}/like", {"set": "on"}, headers={"HX-Request": "true"})
    assert by_htmx["HX-Redirect"] == sign_in
    assert not Like.objects.exists()


def test_a_reader_who_is_nobody_costs_no_query_and_gets_no_cookie(
    client: Client, ada: User, llama: AIModel, django_assert_num_queries: "DjangoAssertNumQueries"
) -> None:
    client.get(LLAMA)
    with django_assert_num_queries(8):
        said = client.get(LLAMA)

    assert not said.cookies


def test_who_signed_in_costs_five_queries_more(
    as_ada: Client, llama: AIModel, django_assert_num_queries: "DjangoAssertNumQueries"
) -> None:
    as_ada.get(LLAMA)
    with django_assert_num_queries(13):  # session, user, roles, collections, and what they hold
        as_ada.get(LLAMA)


@pytest.mark.parametrize("sent", [{}, {"set": "maybe"}])
def test_what_shall_be_must_be_said(as_ada: Client, llama: AIModel, sent: dict[str, str]) -> None:
    assert as_ada.post(f"{LLAMA}/like", sent).status_code == 400


def test_a_hidden_model_can_be_neither_liked_nor_found(as_ada: Client, llama: AIModel) -> None:
    AIModel.objects.filter(pk=llama.pk).update(status="hidden")

    assert as_ada.post(f"{LLAMA}/like", {"set": "on"}).status_code == 404


def test_the_list_holds_ones_own_likes_the_last_first(
    as_ada: Client, ada: User, bob: User, make_model: MakeModel
) -> None:
    first, second, hidden, other = (
        make_model(f"acme/{name}") for name in ("first", "second", "hidden", "other")
    )
    for ai_model in (first, second, hidden):
        actions.like(ada, ai_model)
    actions.like(bob, other)
    AIModel.objects.filter(pk=hidden.pk).update(status="hidden")

    page = html(as_ada, "/account/likes")

    assert page.index("acme/second") < page.index("acme/first")
    assert "acme/hidden" not in page
    assert "acme/other" not in page


def test_a_list_without_likes_says_how_to_get_some(as_ada: Client) -> None:
    assert "You like no model yet." in html(as_ada, "/account/likes")


@pytest.mark.parametrize("count", [2, 30])
def test_the_list_needs_as_many_queries_for_thirty_as_for_two(
    as_ada: Client,
    ada: User,
    make_model: MakeModel,
    count: int,
    django_assert_max_num_queries: "DjangoAssertNumQueries",
) -> None:
    for number in range(count):
        actions.like(ada, make_model(f"acme/model-{number}"))
    as_ada.get("/account/likes")

    with django_assert_max_num_queries(5):
        page = html(as_ada, "/account/likes")

    assert page.count('class="row"') == count
