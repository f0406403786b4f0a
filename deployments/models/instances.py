"""Instances: one running copy of a release each."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from .deployments import Deployment, Reason, Release


class InstanceQuerySet(models.QuerySet["Instance"]):
    def living(self) -> Self:
        """What takes memory, or may still do so."""
        return self.filter(status__in=Instance.LIVING)

    def ready(self) -> Self:
        return self.filter(status=Instance.Status.READY)

    def with_free_slot(self) -> Self:
        return self.ready().filter(slots_taken__lt=F("slots"))


class Instance(models.Model):
    """A model server. Its key names it at the runtime, so that starting it twice starts one."""

    class Status(models.TextChoices):
        STARTING = "starting", _("Starting")
        READY = "ready", _("Ready")
        UNHEALTHY = "unhealthy", _("Unhealthy")
        STOPPING = "stopping", _("Stopping")
        ENDED = "ended", _("Ended")

    LIVING = (Status.STARTING, Status.READY, Status.UNHEALTHY, Status.STOPPING)

    key = models.CharField(max_length=80, unique=True)
    deployment = models.ForeignKey(Deployment, models.CASCADE, related_name="instances")
    release = models.ForeignKey(Release, models.CASCADE, related_name="instances")
    runtime = models.CharField(max_length=16, default="local")
    status = models.CharField(max_length=10, choices=Status, default=Status.STARTING)
    reason = models.CharField(max_length=32, choices=Reason, blank=True)
    detail = models.TextField(blank=True)
    address = models.CharField(
        max_length=200, blank=True, help_text="unix:/path or http://127.0.0.1:port."
    )
    isolation = models.CharField(max_length=16, blank=True, help_text="bubblewrap, landlock, none.")
    memory = models.BigIntegerField(help_text="Bytes promised to it.")
    memory_used = models.BigIntegerField(null=True, help_text="Bytes when last looked at.")
    slots = models.PositiveSmallIntegerField(default=1)
    slots_taken = models.PositiveSmallIntegerField(default=0)
    price_per_second = models.DecimalField(max_digits=14, decimal_places=9, default=0)
    started_at = models.DateTimeField(db_default=Now())
    ready_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    billed_until = models.DateTimeField(null=True)
    stopping_at = models.DateTimeField(null=True, help_text="When it was taken out of service.")
    ended_at = models.DateTimeField(null=True)

    objects = InstanceQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["starting", "ready", "unhealthy", "stopping", "ended"]),
                name="instance_status_known",
            ),
            models.CheckConstraint(
                condition=Q(slots_taken__lte=F("slots")), name="instance_slots_not_overtaken"
            ),
        ]
        indexes = [
            models.Index(
                fields=["deployment"],
                condition=Q(status__in=["starting", "ready", "unhealthy", "stopping"]),
                name="living_instance",
            ),
        ]

    def __str__(self) -> str:
        return self.key
