"""What an import did: its run, how far it came, and each record that it rejected."""

from django.db import models
from django.db.models import Q

from .sources import Source


class ImportRun(models.Model):
    """One reading of one input. An unfinished run of the same input is carried on."""

    source = models.CharField(max_length=16, choices=Source)
    location = models.CharField(max_length=500, help_text="The path or address that was read.")
    fingerprint = models.CharField(
        max_length=64, help_text="Of the input: the same input again has the same."
    )
    position = models.PositiveBigIntegerField(
        default=0, help_text="Records that are done; a run that is carried on skips them."
    )
    cursor = models.TextField(blank=True, help_text="The next page of a live API.")
    created = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-started_at"]

    def __str__(self) -> str:
        return f"{self.source} from {self.location}"


class ImportReject(models.Model):
    """A record that could not be taken, with the reason and what it said."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="rejects")
    source = models.CharField(max_length=16, choices=Source)
    position = models.PositiveBigIntegerField(help_text="Which record of the input, from 1.")
    source_id = models.CharField(max_length=300, blank=True)
    reason = models.CharField(max_length=500)
    text = models.TextField(help_text="The record as it was read, cut to 10,000 characters.")
    digest = models.CharField(max_length=32, help_text="Of the whole record.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "digest"], name="a_rejected_record_is_kept_once"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="import_reject_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.position}: {self.reason}"
