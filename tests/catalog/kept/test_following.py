"""Following models and publishers, and what is told of them."""

import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.kept import actions, news, pages
from catalog.models import AIModel, Follow, NewsFeed, Version
from catalog.models.likes import MOST_FOLLOWED
from tests.catalog.pages.conftest import MakeModel

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
LLAMA = "/models/Meta/Llama-3-8B"
ATOM = "{http://www.w3.org/2005/Atom}"


def html(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, response
    return response.content.decode()


def told(user: User) -> list[tuple[str, str]]:
    return [(str(one.kind), one.version_id or one.ai_model.name) for one in news.of(user, 50)]


def version(ai_model: AIModel, version_id: str, **fields: object) -> Version:
    return Version.objects.create(
        ai_model=ai_model, version_id=version_id, openapi_schema={}, **fields
    )


def test_what_was_there_before_is_no_news(ada: User, llama: AIModel) -> None:
    version(llama, "before")
    AIModel.objects.filter(pk=llama.pk).update(status="deprecated")
    llama.refresh_from_db()

    actions.follow(ada, llama)
    actions.follow_publisher(ada, llama.publisher)

    assert told(ada) == []


def test_a_new_version_is_news_even_when_its_source_dates_it_before(
    ada: User, bob: User, llama: AIModel
) -> None:
    actions.follow(ada, llama)
    version(llama, "late", created_at=datetime(2020, 1, 1, tzinfo=UTC))
    actions.follow(bob, llama)
    version(llama, "later")

    assert told(ada) == [("version", "later"), ("version", "late")]
    assert told(bob) == [("version", "later")]


def test_a_model_that_is_deprecated_is_news_and_tells_what_to_use(
    as_ada: Client, ada: User, llama: AIModel, make_model: MakeModel
) -> None:
    actions.follow(ada, llama)
    AIModel.objects.filter(pk=llama.pk).update(
        status="deprecated", deprecated_at=date(2020, 1, 1), replacement=make_model("Meta/Llama-4")
    )

    assert told(ada) == [("deprecated", "Llama-3-8B")]
    page = html(as_ada, "/account/following")
    assert "Use instead:" in page
    assert "Meta/Llama-4" in page


def test_new_models_of_a_publisher_are_news(
    ada: User, llama: AIModel, make_model: MakeModel
) -> None:
    actions.follow_publisher(ada, llama.publisher)
    make_model("Meta/Llama-4")
    make_model("Meta/secret", status="hidden")
    make_model("acme/other")

    assert told(ada) == [("model", "Llama-4")]


def test_the_newest_news_come_first(ada: User, llama: AIModel, make_model: MakeModel) -> None:
    actions.follow(ada, llama)
    actions.follow_publisher(ada, llama.publisher)
    now = timezone.now()
    version(llama, "two", created_at=now + timedelta(seconds=20))
    version(llama, "one", created_at=now + timedelta(seconds=10))
    make_model("Meta/Llama-4")

    assert told(ada) == [("version", "two"), ("version", "one"), ("model", "Llama-4")]
    assert len(news.of(ada, 2)) == 2


def test_one_follows_and_unfollows_on_the_pages(as_ada: Client, llama: AIModel) -> None:
    said = as_ada.post(f"{LLAMA}/follow", {"set": "on"}, follow=True).content.decode()
    assert "You follow Meta/Llama-3-8B" in said
    said = as_ada.post("/publishers/Meta/follow", {"set": "on"}, follow=True).content.decode()
    assert "You follow Meta" in said
    assert Follow.objects.count() == 2

    page = html(as_ada, "/account/following")
    assert 'href="/publishers/Meta"' in page
    back = as_ada.post("/publishers/Meta/follow", {"set": "off", "from": "following"})
    assert back["Location"] == "/account/following"
    as_ada.post(f"{LLAMA}/follow", {"set": "off"})
    assert not Follow.objects.exists()


def test_following_twice_keeps_what_was_known_the_first_time(ada: User, llama: AIModel) -> None:
    actions.follow(ada, llama)
    version(llama, "new")
    actions.follow(ada, llama)

    assert told(ada) == [("version", "new")]


def test_nobody_is_sent_to_the_sign_in(client: Client, llama: AIModel) -> None:
    for path in (f"{LLAMA}/follow", "/publishers/Meta/follow"):
        assert client.post(path, {"set": "on"})["Location"].startswith("/account/login?next=")
    assert client.get("/account/following").status_code == 302


def test_one_follows_so_many_and_no_more(
    as_ada: Client, ada: User, llama: AIModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MOST_FOLLOWED", 1)
    actions.follow(ada, llama)

    said = as_ada.post("/publishers/Meta/follow", {"set": "on"}, follow=True).content.decode()

    assert f"You follow {MOST_FOLLOWED} models and publishers, as many as one can" in said
    assert Follow.objects.count() == 1


def test_following_nothing_says_how_to_begin_and_why_there_is_no_news(
    as_ada: Client, ada: User, llama: AIModel
) -> None:
    assert "You follow nothing yet." in html(as_ada, "/account/following")

    actions.follow(ada, llama)

    assert "Nothing new since you follow them." in html(as_ada, "/account/following")


@pytest.mark.parametrize("count", [1, 20])
def test_the_page_needs_as_many_queries_for_twenty_as_for_one(
    as_ada: Client,
    ada: User,
    make_model: MakeModel,
    count: int,
    django_assert_max_num_queries: "DjangoAssertNumQueries",
) -> None:
    for number in range(count):
        ai_model = make_model(f"acme-{number}/model", replacement=None)
        actions.follow(ada, ai_model)
        actions.follow_publisher(ada, ai_model.publisher)
        version(ai_model, f"v{number}")
        make_model(f"acme-{number}/second")
        AIModel.objects.filter(pk=ai_model.pk).update(status="deprecated")
    as_ada.get("/account/following")

    with django_assert_max_num_queries(8):
        page = html(as_ada, "/account/following")

    assert page.count('class="news-head"') == 3 * count


def test_the_feed_holds_the_news_for_whoever_has_its_address(
    client: Client, as_ada: Client, ada: User, llama: AIModel
) -> None:
    actions.follow(ada, llama)
    version(llama, "0123456789abcdef")
    path = pages.feed_path(NewsFeed.objects.get(user=ada))

    said = client.get(path)

    (entry,) = ET.fromstring(said.content).findall(f"{ATOM}entry")  # noqa: S314 our own
    assert entry.findtext(f"{ATOM}title") == "New version: Meta/Llama-3-8B 0123456789ab"
    assert said["X-Robots-Tag"] == "noindex"
    assert "private" in said["Cache-Control"]
    assert not said.cookies
    assert path in html(as_ada, "/account/following")


def test_the_feed_of_before_answers_no_more_once_it_has_another_address(
    client: Client, as_ada: Client, ada: User, llama: AIModel
) -> None:
    actions.follow(ada, llama)
    before = pages.feed_path(NewsFeed.objects.get(user=ada))
    said, _, signature = before.partition(".")

    as_ada.post("/account/following/feed")

    after = pages.feed_path(NewsFeed.objects.get(user=ada))
    assert [client.get(path).status_code for path in (before, after)] == [404, 200]
    for wrong in (f"{said}.atom", f"/feeds/following/1-x.{signature}", "/feeds/following/x.atom"):
        assert client.get(wrong).status_code == 404, wrong


def test_the_feed_of_somebody_who_may_not_sign_in_any_more_is_gone(
    client: Client, ada: User, llama: AIModel
) -> None:
    actions.follow(ada, llama)
    User.objects.filter(pk=ada.pk).update(is_active=False)

    assert client.get(pages.feed_path(NewsFeed.objects.get(user=ada))).status_code == 404
