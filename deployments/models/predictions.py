"""Predictions: what a model was asked, and what it answered."""

import base64
import secrets
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import reach
from accounts.models import Role, User
from accounts.reach import Who
from catalog.models import AIModel, Version

from .deployments import Deployment
from .hardware import own_currency
from .instances import Instance


def new_id() -> str:
    """26 characters that an address holds as they are, as Replicate's are."""
    return base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()


class PredictionQuerySet(models.QuerySet["Prediction"]):
    def visible_to(self, user: Who) -> Self:
        return self.filter(reach.owned_by(user), reach.within(user, "deployment"))

    def changeable_by(self, user: Who) -> Self:
        owned = reach.owned_by(user, least=Role.DEVELOPER)
        return self.filter(owned, reach.within(user, "deployment"))

    def unfinished(self) -> Self:
        return self.filter(status__in=Prediction.UNFINISHED)

    def queued(self) -> Self:
        """What waits for an instance, in the order in which it gets one."""
        return self.filter(status=Prediction.Status.STARTING, instance=None).order_by(
            "turn", "created_at", "pk"
        )

    def running(self) -> Self:
        """What holds a slot of an instance."""
        return self.filter(status=Prediction.Status.PROCESSING)


class Prediction(models.Model):
    """Statuses are Replicate's. `starting`: nobody works on it yet."""

    class Status(models.TextChoices):
        STARTING = "starting", _("Waiting")
        PROCESSING = "processing", _("Running")
        SUCCEEDED = "succeeded", _("Done")
        FAILED = "failed", _("Failed")
        CANCELED = "canceled", _("Cancelled")
        ABORTED = "aborted", _("Given up before it began")

    class Source(models.TextChoices):
        API = "api", _("API")
        WEB = "web", _("Page")

    UNFINISHED = (Status.STARTING, Status.PROCESSING)

    id = models.CharField(primary_key=True, max_length=26, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="predictions")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
        help_text="Who asked for its owner; empty: the owner.",
    )
    ai_model = models.ForeignKey(AIModel, models.PROTECT, related_name="predictions")
    version = models.ForeignKey(Version, models.PROTECT, related_name="predictions")
    deployment = models.ForeignKey(
        Deployment, models.SET_NULL, null=True, related_name="predictions"
    )
    source = models.CharField(max_length=4, choices=Source, default=Source.API)

    input = models.JSONField(default=dict)
    output = models.JSONField(null=True)
    logs = models.TextField(blank=True)
    error = models.TextField(blank=True)
    reason = models.CharField(max_length=32, blank=True, help_text="Why it is not done, as a word.")
    metrics = models.JSONField(default=dict)
    cost = models.DecimalField(max_digits=14, decimal_places=9, null=True)
    currency = models.CharField(max_length=3, default=own_currency)
    has_reservation = models.BooleanField(
        default=False, help_text="Of money, in somebody's budget: see accounts/budgets.py."
    )
    hardware = models.CharField(max_length=40, blank=True, help_text="The sku it ran on.")
    is_data_removed = models.BooleanField(default=False)

    status = models.CharField(max_length=10, choices=Status, default=Status.STARTING)
    # Not the database's: SQLite's clock writes fewer digits, and pages could not be told apart.
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    deadline_at = models.DateTimeField(null=True, help_text="Cancelled when not done by then.")
    cancel_asked_at = models.DateTimeField(null=True)
    keep_seconds = models.PositiveIntegerField(
        null=True, help_text="For how long its data is kept after its end, when somebody said so."
    )
    keep_until = models.DateTimeField(null=True, help_text="Input and output are removed then.")

    turn = models.PositiveBigIntegerField(
        default=0, help_text="Its place in the queue; see deployments/predictions/queueing.py."
    )
    event_count = models.PositiveIntegerField(default=0, help_text="The last event's number.")
    is_stream = models.BooleanField(default=False)
    webhook = models.CharField(max_length=1000, blank=True)
    webhook_events = models.JSONField(default=list, help_text="Empty: all of them.")
    idempotency_key = models.CharField(max_length=255, blank=True)
    idempotency_digest = models.CharField(max_length=64, blank=True)

    # Who runs it, by the database's clock.
    instance = models.ForeignKey(Instance, models.SET_NULL, null=True, related_name="predictions")
    lease_owner = models.CharField(max_length=64, blank=True)
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    objects = PredictionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        *("starting", "processing", "succeeded"),
                        *("failed", "canceled", "aborted"),
                    ]
                ),
                name="prediction_status_known",
            ),
            models.UniqueConstraint(
                fields=["owner", "idempotency_key"],
                condition=~Q(idempotency_key=""),
                name="idempotency_key_unique_per_owner",
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "-created_at"], name="prediction_by_owner"),
            models.Index(
                fields=["created_by"],
                condition=Q(created_by__isnull=False),
                name="prediction_by_asker",
            ),
            models.Index(fields=["deployment", "-created_at"], name="prediction_by_deployment"),
            models.Index(
                fields=["created_at"],
                condition=Q(status__in=["starting", "processing"]),
                name="unfinished_prediction",
            ),
            models.Index(
                fields=["deployment", "turn", "created_at"],
                condition=Q(status="starting"),
                name="queued_prediction",
            ),
            models.Index(
                fields=["keep_until"],
                condition=Q(is_data_removed=False),
                name="prediction_by_retention",
            ),
        ]

    def __str__(self) -> str:
        return self.id

    def get_absolute_url(self) -> str:
        return reverse("prediction", args=[self.id])

    @property
    def asker(self) -> User:
        return self.created_by or self.owner

    @property
    def is_finished(self) -> bool:
        return self.status not in self.UNFINISHED


class PredictionEvent(models.Model):
    """A piece of a prediction's life, numbered: what a stream replays from Last-Event-ID on."""

    class Kind(models.TextChoices):
        OUTPUT = "output"
        LOGS = "logs"
        ERROR = "error"
        DONE = "done"

    prediction = models.ForeignKey(
        Prediction, models.CASCADE, related_name="events", db_index=False
    )
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=6, choices=Kind)
    data = models.TextField(blank=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["prediction", "number"], name="event_number_unique_per_prediction"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"
