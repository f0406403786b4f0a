"""What a deployment did in each minute, kept for 30 days."""

from django.db import models

from .deployments import Deployment


class MinuteMetrics(models.Model):
    deployment = models.ForeignKey(
        Deployment, models.CASCADE, related_name="minutes", db_index=False
    )
    minute = models.DateTimeField()
    requests = models.PositiveIntegerField(default=0)
    errors = models.PositiveIntegerField(default=0)
    queue_most = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0, help_text="Of predictions.")
    latencies = models.JSONField(default=list, help_text="Counts by the bounds of metrics.py.")
    instances = models.FloatField(default=0, help_text="On average.")
    cost = models.DecimalField(max_digits=14, decimal_places=6, default=0)

    class Meta:
        ordering = ["minute"]
        verbose_name_plural = "minute metrics"
        constraints = [
            models.UniqueConstraint(fields=["deployment", "minute"], name="one_row_per_minute"),
        ]

    def __str__(self) -> str:
        return f"{self.minute:%Y-%m-%d %H:%M}"
