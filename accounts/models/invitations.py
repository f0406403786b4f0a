"""Invitations into organisations; see accounts/organizations/invitations.py."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from .people import Role, User

HOLDS = timedelta(days=7)


def in_a_week() -> datetime:
    return timezone.now() + HOLDS


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def waiting(self) -> Self:
        """What was neither accepted nor taken back, though its week may be over."""
        return self.filter(accepted_at=None, revoked_at=None)

    def open(self) -> Self:
        """What somebody can still accept."""
        return self.waiting().filter(expires_at__gt=Now(), organization__is_active=True)


class Invitation(models.Model):
    """Whoever opens its link may become a member, once."""

    organization = models.ForeignKey(User, models.CASCADE, related_name="invitations")
    email = models.EmailField(help_text="Where the link was sent.")
    role = models.CharField(max_length=9, choices=Role)
    digest = models.CharField(max_length=64, unique=True, help_text="sha-256 of its link's end.")
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(default=in_a_week)
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="invited_role_known"),
            models.UniqueConstraint(
                fields=["organization", "email"],
                condition=Q(accepted_at=None, revoked_at=None),
                name="one_open_invitation_each",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.organization}"
