"""Where facts come from: outside catalogs, and what each says of a model."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Source(models.TextChoices):
    """The outside catalogs that we read, and ourselves."""

    HUGGINGFACE = "huggingface", "Hugging Face"
    REPLICATE = "replicate", "Replicate"
    WORKERS_AI = "workers-ai", "Cloudflare Workers AI"
    LOCAL = "local", _("This installation")
    SAMPLE = "sample", _("Made-up sample")


class SourceRecord(models.Model):
    """One source's word on one model: each value as it gave it, and when it was read there."""

    ai_model = models.ForeignKey("catalog.AIModel", models.CASCADE, related_name="source_records")
    source = models.CharField(max_length=16, choices=Source)
    source_id = models.CharField(max_length=300)
    url = models.URLField(max_length=500, blank=True)
    origin = models.CharField(
        max_length=100,
        blank=True,
        help_text="The listing it was read from, such as llmfit-2026-10.",
    )
    read_at = models.DateTimeField(help_text="When the source said so.")
    values = models.JSONField(help_text="Normalised values by field of the model.")
    notes = models.JSONField(default=list, help_text="What was cut down or left out, and why.")
    digest = models.CharField(
        max_length=32, help_text="Of what was read; the same digest means nothing changed."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_id"], name="one_record_per_id_of_a_source"
            ),
            models.CheckConstraint(
                condition=Q(source__in=Source.values), name="source_record_source_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.source_id}"
