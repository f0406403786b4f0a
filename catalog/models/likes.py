"""Which models people like, and which models and publishers they follow."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from .ai_models import AIModel
from .publishers import Publisher
from .saved import new_nonce

MOST_FOLLOWED = 1000


class Like(models.Model):
    """One person likes one model. Counted apart from the likes that its source tells of."""

    # db_index: the constraint below begins with it.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="likes", db_index=False
    )
    ai_model = models.ForeignKey(AIModel, models.CASCADE, related_name="likers")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "ai_model"], name="a_model_is_liked_once_each")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} likes {self.ai_model_id}"


def own_likes() -> Coalesce:
    """For annotate() of models: how many people of this installation like each."""
    of_each = Like.objects.filter(ai_model=OuterRef("pk")).order_by().values("ai_model")
    return Coalesce(Subquery(of_each.annotate(count=Count("pk")).values("count")), 0)


class FollowQuerySet(models.QuerySet["Follow"]):
    def of_models(self) -> Self:
        """Followed models that still have a page."""
        return self.filter(ai_model__status__in=AIModel.SHOWN)

    def shown(self) -> Self:
        """Followed publishers, and models that still have a page."""
        return self.exclude(ai_model__status__in=[AIModel.Status.DRAFT, AIModel.Status.HIDDEN])

    def of_publishers(self) -> Self:
        return self.exclude(publisher=None)


class Follow(models.Model):
    """Somebody wants to know what is new of a model, or of a publisher."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="follows", db_index=False
    )
    ai_model = models.ForeignKey(AIModel, models.CASCADE, null=True, related_name="followers")
    publisher = models.ForeignKey(Publisher, models.CASCADE, null=True, related_name="followers")
    # What was known then, as dates of a source may lie before the day that they are read.
    last_version = models.BigIntegerField(
        default=0, help_text="Key of the newest version of that day: later ones are news."
    )
    was_deprecated = models.BooleanField(default=False, help_text="So that this is no news.")
    created_at = models.DateTimeField(default=timezone.now)

    objects = FollowQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ai_model=None, publisher__isnull=False)
                | Q(ai_model__isnull=False, publisher=None),
                name="follow_is_of_a_model_or_a_publisher",
            ),
            models.UniqueConstraint(
                fields=["user", "ai_model"], name="a_model_is_followed_once_each"
            ),
            models.UniqueConstraint(
                fields=["user", "publisher"], name="a_publisher_is_followed_once_each"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} follows {self.ai_model_id or self.publisher_id}"


class NewsFeed(models.Model):
    """The private feed of what is new of all that somebody follows; made with the first follow."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="news_feed"
    )
    # The address is derived from this and SECRET_KEY, as those of saved searches are.
    nonce = models.CharField(max_length=16, default=new_nonce, editable=False)
    language = models.CharField(max_length=16, default="en")

    def __str__(self) -> str:
        return f"news for {self.user_id}"
