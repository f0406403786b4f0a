"""Deployments that go to another owner: what is offered, and where they were before."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from .deployments import Deployment

HOLDS = timedelta(days=7)


def in_a_week() -> datetime:
    return timezone.now() + HOLDS


class FormerAddress(models.Model):
    """Where a deployment was before it was handed over: its old address tells the new one."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.SlugField(max_length=64)
    deployment = models.ForeignKey(Deployment, models.CASCADE, related_name="former_addresses")
    moved_at = models.DateTimeField(db_default=Now())
    is_settled = models.BooleanField(default=False, help_text="Its predictions have followed.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="one_former_address_each"),
        ]

    def __str__(self) -> str:
        return f"{self.owner}/{self.name}"


class OfferQuerySet(models.QuerySet["Offer"]):
    def open(self) -> Self:
        return self.filter(expires_at__gt=Now(), deployment__deleted_at=None, to__is_active=True)


class Offer(models.Model):
    """A deployment that somebody may take over."""

    deployment = models.OneToOneField(Deployment, models.CASCADE, related_name="offer")
    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="offers")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(default=in_a_week)

    objects = OfferQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.deployment_id} to {self.to}"
