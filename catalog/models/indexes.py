"""What is known of the search index beside it: what it does not take, and how it drifted."""

from django.db import models
from django.db.models import Q

from .ai_models import AIModel


class IndexReject(models.Model):
    """A model that an engine does not take, set aside until the model changes."""

    ai_model = models.ForeignKey(AIModel, models.CASCADE, related_name="index_rejects")
    engine = models.CharField(max_length=16)
    version = models.BigIntegerField(help_text="Of the model: microseconds of its last change.")
    reason = models.TextField(help_text="What the engine said.")
    since = models.DateTimeField(auto_now_add=True)
    tried_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["engine", "ai_model"], name="a_model_is_set_aside_once_an_engine"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="index_reject_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.engine}: {self.reason}"


class IndexCheck(models.Model):
    """The last comparison of an engine's index with the database, before it was repaired."""

    engine = models.CharField(max_length=16, primary_key=True)
    checked_at = models.DateTimeField(auto_now=True)
    missing = models.PositiveIntegerField(help_text="Listed models that the index did not hold.")
    outdated = models.PositiveIntegerField(help_text="Models that it held as they once were.")
    extra = models.PositiveIntegerField(help_text="What it held and should not have.")
    repaired = models.PositiveBigIntegerField(
        default=0, help_text="All that was ever found and repaired."
    )

    def __str__(self) -> str:
        return f"{self.engine} at {self.checked_at:%Y-%m-%d %H:%M}"

    @property
    def drift(self) -> int:
        return self.missing + self.outdated + self.extra
