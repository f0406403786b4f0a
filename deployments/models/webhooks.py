"""Calls of the webhooks that predictions name, each with all of its attempts."""

import secrets
import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import reach
from accounts.models import Role
from accounts.reach import Who
from config.sealing import SealedField
from config.webhooks import new_secret

from .predictions import Prediction


def new_nonce() -> str:
    return secrets.token_urlsafe(9)


class WebhookKey(models.Model):
    """The secret of a person's webhooks; see config/webhooks.py."""

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="webhook_key"
    )
    secret = SealedField(default=new_secret, db_default="", editable=False)
    former_secret = SealedField(default="", db_default="", editable=False)
    # What processes of 0.1 derive secrets from, while they still run beside this one.
    nonce = models.CharField(max_length=16, default=new_nonce)
    former_nonce = models.CharField(max_length=16, blank=True)
    renewed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"of {self.owner_id}"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def visible_to(self, user: Who) -> Self:
        return self.filter(reach.owned_by(user), reach.within(user, "prediction__deployment"))

    def changeable_by(self, user: Who) -> Self:
        owned = reach.owned_by(user, least=Role.DEVELOPER)
        return self.filter(owned, reach.within(user, "prediction__deployment"))

    def waiting(self) -> Self:
        return self.filter(status=Delivery.Status.WAITING)

    def free(self) -> Self:
        """What nobody is sending."""
        return self.filter(Q(leased_until=None) | Q(leased_until__lt=Now()))

    def due(self) -> Self:
        """What should be sent by now and nobody is sending, the events of a prediction in turn.

        One that failed and is tried again later holds up none that came after it.
        """
        before = Delivery.objects.waiting().filter(
            Q(tries=0) | Q(leased_until__gte=Now()),
            prediction=OuterRef("prediction"),
            created_at__lt=OuterRef("created_at"),
        )
        due = self.waiting().free().filter(~Exists(before), next_try_at__lte=Now())
        return due.order_by("next_try_at", "created_at")

    def of_receiver(self, delivery: "Delivery") -> Self:
        return self.filter(owner=delivery.owner_id, url=delivery.url)


class Delivery(models.Model):
    """One event for one receiver, sent at least once under the same id."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Delivered")
        FAILED = "failed", _("Given up")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="deliveries")
    prediction = models.ForeignKey(
        Prediction, models.CASCADE, null=True, related_name="deliveries", help_text="Empty: a test."
    )
    url = models.CharField(max_length=1000)
    host = models.CharField(
        max_length=255, default="", help_text="Of the url: few calls go there at once."
    )
    # start, output, logs, completed or test.
    event = models.CharField(max_length=10)
    body = models.TextField(help_text="JSON as it was when the event happened.")
    status = models.CharField(max_length=8, choices=Status, default=Status.WAITING)
    answer = models.PositiveSmallIntegerField(
        null=True, help_text="Status code of the last answer."
    )
    problem = models.CharField(max_length=16, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    next_try_at = models.DateTimeField(db_default=Now())
    give_up_at = models.DateTimeField()
    lease = models.CharField(max_length=64, blank=True)
    leased_until = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "pk"]
        verbose_name_plural = "deliveries"
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "sent", "failed"]), name="delivery_status_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"], condition=Q(status="waiting"), name="delivery_by_next_try"
            ),
            models.Index(fields=["prediction", "created_at"], name="delivery_by_prediction"),
            models.Index(fields=["owner", "-created_at"], name="delivery_by_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.id}"

    def get_absolute_url(self) -> str:
        return reverse("delivery", args=[self.id])

    @property
    def is_settled(self) -> bool:
        return self.status != Delivery.Status.WAITING


class Attempt(models.Model):
    """One try of a delivery, and what the receiver said."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="attempts")
    at = models.DateTimeField(db_default=Now())
    answer = models.PositiveSmallIntegerField(null=True, help_text="Status code.")
    problem = models.CharField(max_length=16, blank=True)
    detail = models.CharField(max_length=200, blank=True)
    text = models.CharField(max_length=1000, blank=True, help_text="The start of the answer.")
    milliseconds = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.answer or self.problem}"
