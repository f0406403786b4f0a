"""The buttons of a model's and a publisher's page: what this reader did with it, and may do."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef
from django.urls import reverse

from catalog.models import AIModel, Follow, Like, Publisher
from catalog.models.saved import Who
from catalog.pages import figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """What a reader can do with a model, or with a publisher, which is only followed."""

    is_signed_in: bool
    sign_in_url: str
    follow_url: str
    is_followed: bool = False
    like_url: str = ""
    is_liked: bool = False
    likes: str = ""


def of_model(user: Who, ai_model: AIModel) -> Keeping:
    """In one query for who signed in, and in none for all others. See own_likes()."""
    name = [ai_model.publisher.slug, ai_model.name]
    liked, followed = _held(user, ai_model)
    return Keeping(
        is_signed_in=user.is_authenticated,
        sign_in_url=sign_in_url(ai_model.get_absolute_url()),
        like_url=reverse("like", args=name),
        follow_url=reverse("follow", args=name),
        is_liked=liked,
        is_followed=followed,
        likes=figures.compact(ai_model.own_likes or None),
    )


def of_publisher(user: Who, publisher: Publisher) -> Keeping:
    mine = Follow.objects.filter(user=user.pk, publisher=publisher)
    return Keeping(
        is_signed_in=user.is_authenticated,
        sign_in_url=sign_in_url(publisher.get_absolute_url()),
        follow_url=reverse("follow_publisher", args=[publisher.slug]),
        is_followed=user.is_authenticated and mine.exists(),
    )


def sign_in_url(then: str) -> str:
    return f"{reverse('login')}?{urlencode({'next': then})}"


def _held(user: Who, ai_model: AIModel) -> tuple[bool, bool]:
    if not user.is_authenticated:
        return False, False
    mine = {"user": user.pk, "ai_model": OuterRef("pk")}
    held = AIModel.objects.filter(pk=ai_model.pk).values_list(
        Exists(Like.objects.filter(**mine)), Exists(Follow.objects.filter(**mine))
    )
    is_liked, is_followed = held[0]
    return is_liked, is_followed
