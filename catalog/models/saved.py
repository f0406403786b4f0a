"""Searches that people saved, what came in for each since, and what they were told of it."""

import secrets
import uuid
from datetime import timedelta
from typing import Self

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.sealing import SealedField
from config.webhooks import new_secret

from .ai_models import AIModel

Who = AbstractBaseUser | AnonymousUser

MOST_PER_PERSON = 100
NAME_LIMIT = 120
URL_LIMIT = 1000


def new_nonce() -> str:
    """What the address of a feed is made from; another nonce makes another address."""
    return secrets.token_urlsafe(9)


class SavedSearchQuerySet(models.QuerySet["SavedSearch"]):
    def visible_to(self, user: Who) -> Self:
        return self.filter(owner=user.pk) if user.is_authenticated else self.none()

    def followed(self) -> Self:
        """Those that somebody wants to be told of."""
        return self.filter(is_paused=False, owner__is_active=True)

    def due(self) -> Self:
        """What should be looked at by now, the one that waits the longest first."""
        return self.followed().filter(look_at__lte=Now()).order_by("look_at", "pk")


class SavedSearch(models.Model):
    """A search that somebody follows."""

    class Mailing(models.TextChoices):
        OFF = "off", _("No e-mail")
        AT_ONCE = "at-once", _("As soon as there are new ones")
        DAILY = "daily", _("Once a day")
        WEEKLY = "weekly", _("Once a week")

    PERIODS = {Mailing.DAILY: timedelta(days=1), Mailing.WEEKLY: timedelta(days=7)}

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_searches"
    )
    name = models.CharField(max_length=NAME_LIMIT)
    query_string = models.TextField(
        blank=True, help_text="Parameters of the search in their canonical order."
    )
    mailing = models.CharField(max_length=8, choices=Mailing, default=Mailing.OFF)
    language = models.CharField(max_length=16, default="en", help_text="Of the owner's e-mail.")
    webhook_url = models.CharField(max_length=URL_LIMIT, blank=True)
    webhook_ended_at = models.DateTimeField(
        null=True, blank=True, help_text="When its receiver said that it is gone for good."
    )
    is_paused = models.BooleanField(default=False)

    # The address of the feed is derived from this and SECRET_KEY.
    feed_nonce = models.CharField(max_length=16, default=new_nonce, editable=False)
    webhook_secret = SealedField(default=new_secret, db_default="", editable=False)
    former_webhook_secret = SealedField(default="", db_default="", editable=False)
    # What processes of 0.1 derive webhook secrets from, while they still run beside this one.
    webhook_nonce = models.CharField(max_length=16, default=new_nonce, editable=False)
    former_webhook_nonce = models.CharField(max_length=16, blank=True, editable=False)
    webhook_renewed_at = models.DateTimeField(null=True, editable=False)

    # How far it was looked at: see saved/looking.py.
    known = models.BinaryField(
        null=True, editable=False, help_text="Ids of all models that are no news any more."
    )
    looked_through = models.BigIntegerField(
        default=0, editable=False, help_text="Microseconds: changes up to here were looked at."
    )
    look_at = models.DateTimeField(db_default=Now(), editable=False)
    edition = models.PositiveIntegerField(
        default=1, editable=False, help_text="One more each time that it starts anew."
    )
    started_at = models.DateTimeField(
        default=timezone.now, editable=False, help_text="What came in before this is no news."
    )
    unseen = models.PositiveIntegerField(default=0, editable=False)
    unmailed = models.PositiveIntegerField(default=0, editable=False)
    unmailed_since = models.DateTimeField(null=True, editable=False)
    mailed_at = models.DateTimeField(null=True, editable=False)

    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = SavedSearchQuerySet.as_manager()

    class Meta:
        verbose_name = "saved search"
        verbose_name_plural = "saved searches"
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="saved_search_has_a_name"),
            models.CheckConstraint(
                condition=Q(mailing__in=["off", "at-once", "daily", "weekly"]),
                name="saved_search_mailing_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["look_at"], condition=Q(is_paused=False), name="saved_search_by_next_look"
            ),
            models.Index(
                fields=["unmailed_since"],
                condition=Q(unmailed_since__isnull=False),
                name="saved_search_with_mail_due",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("saved_search", args=[self.pk])

    @property
    def has_webhook(self) -> bool:
        """Whether there is a receiver that did not say that it is gone."""
        return bool(self.webhook_url) and self.webhook_ended_at is None


class SavedMatch(models.Model):
    """A model that is news for a saved search."""

    saved_search = models.ForeignKey(
        SavedSearch, models.CASCADE, related_name="matches", db_index=False
    )
    ai_model = models.ForeignKey(AIModel, models.CASCADE, related_name="+")
    found_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "saved matches"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["saved_search", "ai_model"], name="a_model_is_news_once_for_a_search"
            )
        ]
        indexes = [models.Index(fields=["found_at"], name="saved_match_by_age")]

    def __str__(self) -> str:
        return f"{self.ai_model_id} for {self.saved_search_id}"


class AlertQuerySet(models.QuerySet["Alert"]):
    def visible_to(self, user: Who) -> Self:
        mine = self.filter(saved_search__owner=user.pk)
        return mine if user.is_authenticated else self.none()

    def due(self) -> Self:
        """What should be sent by now and nobody is sending."""
        is_free = Q(leased_until=None) | Q(leased_until__lt=Now())
        waiting = self.filter(status=Alert.Status.WAITING, next_try_at__lte=Now())
        return waiting.filter(is_free).order_by("next_try_at")


class Alert(models.Model):
    """One e-mail or one call of a webhook: what it tells, how often it was tried, what came of it.

    Sent at least once: who sends holds a lease, and a lease that runs out is taken by the next.
    """

    class Channel(models.TextChoices):
        EMAIL = "email", _("E-mail")
        WEBHOOK = "webhook", _("Webhook")

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Delivered")
        FAILED = "failed", _("Given up")

    class Problem(models.TextChoices):
        """What went wrong with the last try. The first six are config.outbound's."""

        INNER = "inner", _("The address leads into a network, where nothing is called.")
        NO_ADDRESS = "no-address", _("The name of the host has no address.")
        UNREACHABLE = "unreachable", _("The host cannot be reached.")
        UNTRUSTED = "untrusted", _("The certificate of the host is not to be trusted.")
        TOO_SLOW = "too-slow", _("There was no answer within ten seconds.")
        NOT_HTTP = "not-http", _("What answered does not speak HTTP.")
        WRONG_URL = "wrong-url", _("This is no address that may be called.")
        REDIRECTED = "redirected", _("It answered with a redirect, which is never followed.")
        REFUSED = "refused", _("It answered with a status that is no success.")
        GONE = "gone", _("It said that it is gone for good, so it is called no more.")
        NO_MAIL = "no-mail", _("This installation sends no e-mail.")
        NO_RECIPIENT = "no-recipient", _("The account has no e-mail address.")
        MAIL_FAILED = "mail-failed", _("The mail server did not take it.")
        SWITCHED_OFF = "switched-off", _("It was switched off before this was sent.")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    saved_search = models.ForeignKey(SavedSearch, models.CASCADE, related_name="alerts")
    channel = models.CharField(max_length=8, choices=Channel)
    is_test = models.BooleanField(default=False)
    total = models.PositiveIntegerField(default=0, help_text="New models that it tells of.")
    ai_models = models.JSONField(default=list, help_text="Ids of the first of them.")

    status = models.CharField(max_length=8, choices=Status, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    answer = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Status code of the last answer."
    )
    problem = models.CharField(max_length=16, blank=True, choices=Problem)
    detail = models.CharField(max_length=200, blank=True, help_text="What the other side said.")
    created_at = models.DateTimeField(default=timezone.now)
    next_try_at = models.DateTimeField(db_default=Now())
    give_up_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    lease = models.CharField(max_length=16, blank=True, editable=False)

    objects = AlertQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "sent", "failed"]), name="alert_status_known"
            ),
            models.CheckConstraint(
                condition=Q(channel__in=["email", "webhook"]), name="alert_channel_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"], condition=Q(status="waiting"), name="alert_by_next_try"
            ),
            models.Index(fields=["saved_search", "-created_at"], name="alert_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.id}"
