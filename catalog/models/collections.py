"""Collections: models in an order, each with a note, picked by a person."""

from typing import Self

from django.db import models
from django.urls import reverse

from .ai_models import AIModel


class CollectionQuerySet(models.QuerySet["Collection"]):
    def listed(self) -> Self:
        return self.filter(is_public=True)


class Collection(models.Model):
    slug = models.SlugField(max_length=100, unique=True)
    name = models.CharField(max_length=100)
    description = models.TextField(blank=True)
    is_public = models.BooleanField(default=True)
    ai_models = models.ManyToManyField(
        AIModel, through="CollectionItem", related_name="collections"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = CollectionQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("collection", args=[self.slug])


class CollectionItem(models.Model):
    collection = models.ForeignKey(Collection, models.CASCADE, related_name="items")
    ai_model = models.ForeignKey(AIModel, models.CASCADE, related_name="collection_items")
    position = models.PositiveIntegerField(default=0)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["collection", "ai_model"], name="model_once_per_collection"
            )
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.ai_model_id}"
