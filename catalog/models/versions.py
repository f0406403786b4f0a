"""Versions of a model, examples of their use, and how often the model ran each day."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from .ai_models import AIModel


class Version(models.Model):
    """An immutable state of a model that can be called: its schema says with what."""

    ai_model = models.ForeignKey(AIModel, models.CASCADE, related_name="versions")
    version_id = models.CharField(max_length=64)
    cog_version = models.CharField(max_length=64, blank=True)
    openapi_schema = models.JSONField(help_text="OpenAPI document of its input and output.")
    image = models.CharField(max_length=300, blank=True, help_text="Container image reference.")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["ai_model", "version_id"], name="version_id_unique_per_model"
            )
        ]
        indexes = [models.Index(fields=["-created_at", "ai_model"], name="version_by_age")]

    def __str__(self) -> str:
        return self.version_id[:12]


class Example(models.Model):
    """What a version was given, and what it answered."""

    ai_model = models.ForeignKey(AIModel, models.CASCADE, related_name="examples")
    source_id = models.CharField(max_length=64)
    version_id = models.CharField(max_length=64, blank=True)
    input = models.JSONField()
    output = models.JSONField(null=True)
    seconds = models.FloatField(null=True, blank=True, help_text="Time the prediction took.")
    created_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["ai_model", "source_id"], name="example_unique_per_model"
            )
        ]

    def __str__(self) -> str:
        return self.source_id


class DailyRuns(models.Model):
    """How often a model had run by the end of a day at its source."""

    ai_model = models.ForeignKey(AIModel, models.CASCADE, related_name="daily_runs")
    date = models.DateField()
    runs = models.BigIntegerField(help_text="On that day.")
    total = models.BigIntegerField(help_text="Up to that day.")

    class Meta:
        ordering = ["date"]
        verbose_name_plural = "daily runs"
        constraints = [
            models.UniqueConstraint(fields=["ai_model", "date"], name="one_count_per_day"),
            models.CheckConstraint(
                condition=Q(runs__gte=0, total__gte=0), name="daily_runs_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date}: {self.runs}"
