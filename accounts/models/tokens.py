"""Tokens of programs. Only their hash is stored; see accounts/tokens.py."""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from .people import Membership, Role, User


class TokenQuerySet(models.QuerySet["Token"]):
    def usable(self) -> Self:
        in_time = Q(expires_at=None) | Q(expires_at__gt=Now())
        return self.filter(in_time, revoked_at=None, user__is_active=True)

    def written(self, digest: Any) -> Self:
        """By its text, or by the one before while that holds; may be a blank of config/worded."""
        earlier = Q(earlier_digest=digest, earlier_until__gt=Now())
        return self.filter(Q(digest=digest) | earlier)

    def revocable_by(self, user: Any) -> Self:
        """One's own, and those that are limited to organisations of which one is an admin."""
        managed = Membership.objects.filter(user=user, role=Role.ADMIN)
        return self.filter(Q(user=user) | Q(organization__in=managed.values("organization")))


class Token(models.Model):
    """What a program shows to act for somebody."""

    is_by_earlier_text = False  # whether the request came with the one from before the rotation

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    organization = models.ForeignKey(
        User,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="tokens_limited_to_it",
        help_text="It reaches what this organisation owns, and nothing else.",
    )
    deployment_id = models.BigIntegerField(
        null=True,
        blank=True,
        help_text="It reaches this deployment and what came of it, and nothing else. "
        "No foreign key: accounts know of no deployments.",
    )
    deployment_name = models.CharField(max_length=220, blank=True, help_text="As it was then.")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, help_text="Its first characters, to know it by.")
    digest = models.CharField(max_length=64, unique=True, help_text="sha-256 of the whole.")
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    address = models.CharField(max_length=45, blank=True, help_text="It was last used from there.")
    rotated_at = models.DateTimeField(null=True, blank=True)
    earlier_prefix = models.CharField(
        max_length=12, blank=True, help_text="Of the text that it had until it was rotated."
    )
    earlier_digest = models.CharField(max_length=64, unique=True, null=True, blank=True)
    earlier_until = models.DateTimeField(null=True, blank=True)
    earlier_used_at = models.DateTimeField(null=True, blank=True)
    has_budgets = models.BooleanField(default=False, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = TokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.prefix}…"
