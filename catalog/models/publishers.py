"""Who publishes models."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class PublisherQuerySet(models.QuerySet["Publisher"]):
    def named(self, slug: str) -> Self:
        """The publisher of this name in any case."""
        return self.filter(key=slug.lower())


class Publisher(models.Model):
    """A person or an organisation, by the name that stands before the slash."""

    class Kind(models.TextChoices):
        UNKNOWN = "unknown", _("Unknown")
        PERSON = "person", _("Person")
        ORGANISATION = "organisation", _("Organisation")

    slug = models.CharField(max_length=100, help_text="As written by the publisher.")
    key = models.CharField(max_length=100, unique=True, editable=False)
    name = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.UNKNOWN)
    is_verified = models.BooleanField(default=False)
    url = models.URLField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PublisherQuerySet.as_manager()

    class Meta:
        ordering = ["key"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["unknown", "person", "organisation"]),
                name="publisher_kind_known",
            ),
            models.CheckConstraint(condition=~Q(slug=""), name="publisher_slug_not_empty"),
        ]

    def __str__(self) -> str:
        return self.slug

    def save(self, *args: object, **kwargs: object) -> None:
        self.key = self.slug.lower()
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def get_absolute_url(self) -> str:
        return reverse("publisher", args=[self.slug])

    @property
    def title(self) -> str:
        return self.name or self.slug
