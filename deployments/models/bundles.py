"""Bundles that were pushed, and the environments that they run in."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Version


class Environment(models.Model):
    """A virtual environment, shared by all bundles with the same Python and requirements."""

    class Status(models.TextChoices):
        MISSING = "missing", _("Not built yet")
        BUILDING = "building", _("Being built")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Could not be built")

    # sha-256 of the Python version and the requirements: its folder's name in VAR_DIR too.
    key = models.CharField(max_length=64, unique=True)
    python_version = models.CharField(max_length=16)
    requirements = models.TextField(blank=True, help_text="Lines of a requirements file.")
    status = models.CharField(max_length=8, choices=Status, default=Status.MISSING)
    step = models.CharField(max_length=200, blank=True, help_text="What its build does now.")
    error = models.TextField(blank=True)
    size = models.BigIntegerField(null=True, help_text="Bytes on disk.")
    seconds = models.FloatField(null=True, help_text="How long its build took.")
    lease = models.CharField(max_length=64, blank=True)
    leased_until = models.DateTimeField(null=True)
    built_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["missing", "building", "ready", "failed"]),
                name="environment_status_known",
            ),
        ]

    def __str__(self) -> str:
        return self.key[:12]


class Bundle(models.Model):
    """The files of a version that can run here, kept in VAR_DIR/bundles by their digest."""

    version = models.OneToOneField(Version, models.CASCADE, related_name="bundle")
    environment = models.ForeignKey(Environment, models.PROTECT, related_name="bundles")
    digest = models.CharField(max_length=64, help_text="sha-256 of its content.")
    predictor = models.CharField(max_length=200, help_text="As in predict.py:Predictor.")
    config = models.JSONField(default=dict, help_text="What its cog.yaml says.")
    size = models.BigIntegerField(help_text="Bytes of its files.")
    memory = models.BigIntegerField(help_text="Bytes that one instance needs.")
    max_concurrency = models.PositiveSmallIntegerField(default=1)
    is_streaming = models.BooleanField(default=False, help_text="Whether its output is a stream.")
    wants_network = models.BooleanField(default=False)
    setup_seconds = models.PositiveIntegerField(default=300, help_text="Most that setup may take.")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.digest[:12]
