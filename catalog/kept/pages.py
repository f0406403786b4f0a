"""Likes and follows, made ready to print."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import Paginator
from django.urls import reverse

from accounts.models import User
from catalog import feeds
from catalog.kept import news, tokens
from catalog.kept.news import Kind
from catalog.models import AIModel, Follow, Like, NewsFeed, Publisher
from catalog.models.likes import MOST_FOLLOWED
from catalog.pages import figures, rows
from catalog.pages.heading import description
from catalog.pages.lines import Row
from catalog.pages.pagination import Pages, place_of

LIKES_PER_PAGE = 50
MOST_NEWS = 100
LOOKS = {Kind.VERSION: "accent", Kind.DEPRECATED: "warn", Kind.MODEL: "good"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LikedPage:
    rows: list[Row]
    pages: Pages


def liked(user: User, number: str | None) -> LikedPage:
    """The one liked last comes first. What is no longer listed waits until it is again."""
    likes = Like.objects.filter(user=user, ai_model__status__in=AIModel.LISTED)
    page = Paginator(likes.values_list("ai_model_id", flat=True), LIKES_PER_PAGE).get_page(number)
    return LikedPage(rows=rows.in_order(list(page)), pages=place_of(page, _liked_url))


def _liked_url(number: int) -> str:
    return f"{reverse('likes')}?page={number}" if number > 1 else reverse("likes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One piece of news, as a line."""

    label: str
    looks: str
    ai_model: AIModel
    url: str
    line: str
    version: str
    replacement: AIModel | None
    at: datetime
    ago: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    title: str
    url: str
    follow_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowingPage:
    news: list[Told]
    ai_models: list[Followed]
    publishers: list[Followed]
    most: int
    feed_url: str

    @property
    def count(self) -> int:
        return len(self.ai_models) + len(self.publishers)


def following(user: User) -> FollowingPage:
    ai_models = Follow.objects.filter(user=user).of_models().select_related("ai_model__publisher")
    publishers = Follow.objects.filter(user=user).of_publishers().select_related("publisher")
    feed = NewsFeed.objects.filter(user=user).first()
    return FollowingPage(
        news=[_told(one) for one in news.of(user, MOST_NEWS)],
        ai_models=[_followed_model(one.ai_model) for one in ai_models if one.ai_model],
        publishers=[_followed_publisher(one.publisher) for one in publishers if one.publisher],
        most=MOST_FOLLOWED,
        feed_url=settings.PUBLIC_URL + feed_path(feed) if feed else "",
    )


def feed_path(feed: NewsFeed) -> str:
    return reverse("news_feed", args=[tokens.feed_token(feed)])


def _followed_model(ai_model: AIModel) -> Followed:
    name = [ai_model.publisher.slug, ai_model.name]
    return Followed(
        title=ai_model.full_name,
        url=ai_model.get_absolute_url(),
        follow_url=reverse("follow", args=name),
    )


def _followed_publisher(publisher: Publisher) -> Followed:
    return Followed(
        title=publisher.title,
        url=publisher.get_absolute_url(),
        follow_url=reverse("follow_publisher", args=[publisher.slug]),
    )


def url_of(one: news.News) -> str:
    if one.kind != Kind.VERSION:
        return one.ai_model.get_absolute_url()
    name = [one.ai_model.publisher.slug, one.ai_model.name]
    return f"{reverse('model_versions', args=name)}?{urlencode({'version': one.version_id})}"


def entry(one: news.News) -> feeds.Entry:
    name, version = one.ai_model.full_name, one.version_id[:12]
    return feeds.Entry(
        title=" ".join(filter(None, [f"{one.kind.label}: {name}", version])),
        path=url_of(one),
        text=description(one.ai_model),
        author=one.ai_model.publisher.slug,
        key=one.key,
        at=one.at,
    )


def _told(one: news.News) -> Told:
    replacement = one.ai_model.replacement if one.kind == Kind.DEPRECATED else None
    return Told(
        label=str(one.kind.label),
        looks=LOOKS[one.kind],
        ai_model=one.ai_model,
        url=url_of(one),
        line=description(one.ai_model),
        version=one.version_id[:12],
        replacement=replacement if replacement and replacement.is_listed else None,
        at=one.at,
        ago=figures.ago(one.at),
    )
