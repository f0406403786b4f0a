"""Collections: models in an order, each with a note, picked by a person.

Without an owner it is a curator's: made in the admin, and found by its slug alone.
"""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import reach
from accounts.models import Role
from accounts.reach import Who

from .ai_models import AIModel

MOST_PER_OWNER = 100
MOST_MODELS = 500
NAME_LIMIT = 100
DESCRIPTION_LIMIT = 10_000
NOTE_LIMIT = 500


class CollectionQuerySet(models.QuerySet["Collection"]):
    def curated(self) -> Self:
        return self.filter(owner=None)

    def listed(self) -> Self:
        """What curators show to everybody."""
        return self.curated().public()

    def public(self) -> Self:
        """What everybody finds, whoever made it."""
        return self.filter(IS_KEPT, visibility=Collection.Visibility.PUBLIC)

    def visible_to(self, user: Who) -> Self:
        """What they may open when they have its address."""
        is_open = Q(visibility__in=Collection.OPEN) & IS_KEPT
        return self.filter(is_open | reach.owned_by(user))

    def changeable_by(self, user: Who) -> Self:
        return self.filter(reach.owned_by(user, least=Role.DEVELOPER))


class Collection(models.Model):
    class Visibility(models.TextChoices):
        PUBLIC = "public", _("Public: everybody finds it")
        UNLISTED = "unlisted", _("Unlisted: whoever has its address sees it")
        PRIVATE = "private", _("Private: only its owner sees it")

    OPEN = (Visibility.PUBLIC, Visibility.UNLISTED)

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="collections",
        db_index=False,
        help_text="Whose it is; empty: the curators'.",
    )
    slug = models.SlugField(max_length=100, db_index=False)
    name = models.CharField(max_length=NAME_LIMIT)
    description = models.TextField(blank=True)
    visibility = models.CharField(
        max_length=8,
        choices=Visibility,
        default=Visibility.PUBLIC,
        db_default=Visibility.PUBLIC.value,
    )
    ai_models = models.ManyToManyField(
        AIModel, through="CollectionItem", related_name="collections"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = CollectionQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(visibility__in=["public", "unlisted", "private"]),
                name="collection_visibility_known",
            ),
            models.UniqueConstraint(
                fields=["slug"],
                condition=Q(owner=None),
                name="curated_collection_once_per_slug",
                violation_error_message="There is a curated collection of this slug already.",
            ),
            models.UniqueConstraint(fields=["owner", "slug"], name="collection_once_per_slug"),
        ]
        indexes = [models.Index(fields=["visibility", "-updated_at"], name="collection_by_change")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        if self.owner is None:
            return reverse("collection", args=[self.slug])
        return reverse("own_collection", args=[self.owner.get_username(), self.slug])

    @property
    def full_slug(self) -> str:
        """What tells it from all others: owner/slug, or the slug alone of a curated one."""
        return f"{self.owner.get_username()}/{self.slug}" if self.owner else self.slug

    @property
    def is_public(self) -> bool:
        return self.visibility == self.Visibility.PUBLIC


# Of curators, or of somebody who may still sign in.
IS_KEPT = Q(owner=None) | Q(owner__is_active=True)


class CollectionItem(models.Model):
    collection = models.ForeignKey(Collection, models.CASCADE, related_name="items")
    ai_model = models.ForeignKey(AIModel, models.CASCADE, related_name="collection_items")
    position = models.PositiveIntegerField(default=0)
    note = models.CharField(max_length=NOTE_LIMIT, blank=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["collection", "ai_model"], name="model_once_per_collection"
            )
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.ai_model_id}"
