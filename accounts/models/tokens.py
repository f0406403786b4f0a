"""Tokens of programs. Only their hash is stored; see accounts/tokens.py."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from .people import User


class TokenQuerySet(models.QuerySet["Token"]):
    def usable(self) -> Self:
        in_time = Q(expires_at=None) | Q(expires_at__gt=Now())
        return self.filter(in_time, revoked_at=None, user__is_active=True)


class Token(models.Model):
    """What a program shows to act for somebody."""

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    organization = models.ForeignKey(
        User,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="tokens_limited_to_it",
        help_text="It reaches what this organisation owns, and nothing else.",
    )
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, help_text="Its first characters, to know it by.")
    digest = models.CharField(max_length=64, unique=True, help_text="sha-256 of the whole.")
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = TokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.prefix}…"
