"""What people may ask for with what they like and follow. Asking twice is asking once."""

import structlog
from django.db import transaction
from django.db.models import Max
from django.utils.translation import get_language

from accounts.models import User
from catalog.models import AIModel, Follow, Like, NewsFeed, Publisher
from catalog.models.likes import MOST_FOLLOWED
from catalog.models.saved import new_nonce

log = structlog.get_logger(__name__)


class FollowsTooMany(Exception):
    """This person follows as many as one may."""


def like(user: User, ai_model: AIModel) -> None:
    Like.objects.get_or_create(user=user, ai_model=ai_model)


def unlike(user: User, ai_model: AIModel) -> None:
    Like.objects.filter(user=user, ai_model=ai_model).delete()


@transaction.atomic
def follow(user: User, ai_model: AIModel) -> None:
    """What comes from now on is news. Raises FollowsTooMany."""
    newest = ai_model.versions.aggregate(newest=Max("pk"))["newest"]
    known = {
        "last_version": newest or 0,
        "was_deprecated": ai_model.status == AIModel.Status.DEPRECATED,
    }
    _follow(user, {"ai_model": ai_model}, known)


def unfollow(user: User, ai_model: AIModel) -> None:
    Follow.objects.filter(user=user, ai_model=ai_model).delete()


@transaction.atomic
def follow_publisher(user: User, publisher: Publisher) -> None:
    """Models that it publishes from now on are news. Raises FollowsTooMany."""
    _follow(user, {"publisher": publisher}, {})


def unfollow_publisher(user: User, publisher: Publisher) -> None:
    Follow.objects.filter(user=user, publisher=publisher).delete()


def renew_feed(feed: NewsFeed) -> None:
    """The feed gets another address; the one before answers no more."""
    NewsFeed.objects.filter(pk=feed.pk).update(nonce=new_nonce())
    log.info("feed of news renewed", by=feed.pk)


def _follow(user: User, what: dict[str, AIModel | Publisher], known: dict[str, object]) -> None:
    # The lock keeps two clicks at once from passing the limit together.
    User.objects.select_for_update().get(pk=user.pk)
    if Follow.objects.filter(user=user, **what).exists():
        return
    if Follow.objects.filter(user=user).count() >= MOST_FOLLOWED:
        raise FollowsTooMany
    Follow.objects.create(user=user, **what, **known)
    NewsFeed.objects.get_or_create(user=user, defaults={"language": get_language() or "en"})
