"""Deployments: what is wanted, what was seen, and how the one became the other."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import reach
from accounts.models import Role
from accounts.reach import Who
from catalog.models import AIModel, Version

from .hardware import Hardware


class InvalidTransition(Exception):
    """The row is no longer in a state that allows this change: somebody was first."""


class Status(models.TextChoices):
    QUEUED = "queued", _("Queued")
    STARTING = "starting", _("Starting")
    RUNNING = "running", _("Running")
    SCALED_TO_ZERO = "scaled-to-zero", _("Asleep")
    UPDATING = "updating", _("Updating")
    STOPPING = "stopping", _("Stopping")
    STOPPED = "stopped", _("Stopped")
    FAILED = "failed", _("Failed")


class Reason(models.TextChoices):
    """Why a deployment is not simply running; deployments/reasons.py has sentence and next step."""

    QUEUED = "Queued"
    QUEUED_NO_WORKER = "QueuedNoWorker"
    NO_CAPACITY = "NoCapacity"
    BUILDING_ENVIRONMENT = "BuildingEnvironment"
    ENVIRONMENT_FAILED = "EnvironmentFailed"
    STARTING_INSTANCE = "StartingInstance"
    RUNNING_SETUP = "RunningSetup"
    SETUP_FAILED = "SetupFailed"
    SETUP_TIMED_OUT = "SetupTimedOut"
    CRASHED = "Crashed"
    CRASH_LOOP = "CrashLoop"
    OUT_OF_MEMORY = "OutOfMemory"
    PORT_TAKEN = "PortTaken"
    UNHEALTHY = "Unhealthy"
    RUNTIME_UNAVAILABLE = "RuntimeUnavailable"
    RUNTIME_REJECTED = "RuntimeRejected"
    ROLLED_BACK = "RolledBack"
    IDLE = "Idle"
    WAKING = "Waking"
    STOPPED_BY_USER = "StoppedByUser"
    STOPPED_BY_TIME = "StoppedByTime"
    STOPPED_BY_BUDGET = "StoppedByBudget"
    BUNDLE_MISSING = "BundleMissing"


# Which statuses may become the key.
MAY_BECOME = {
    Status.QUEUED: [*Status],
    Status.STARTING: [
        *(Status.QUEUED, Status.STARTING, Status.UPDATING),
        *(Status.RUNNING, Status.SCALED_TO_ZERO),
    ],
    Status.RUNNING: [
        *(Status.QUEUED, Status.STARTING, Status.UPDATING),
        *(Status.RUNNING, Status.SCALED_TO_ZERO),
    ],
    Status.UPDATING: [Status.RUNNING, Status.UPDATING],
    Status.SCALED_TO_ZERO: [Status.RUNNING, Status.UPDATING, Status.STARTING, Status.QUEUED],
    Status.STOPPING: [*Status],
    Status.STOPPED: [Status.STOPPING, Status.STOPPED],
    Status.FAILED: [
        *(Status.QUEUED, Status.STARTING, Status.RUNNING),
        *(Status.UPDATING, Status.SCALED_TO_ZERO),
    ],
}
SETTLED = [Status.SCALED_TO_ZERO, Status.STOPPED, Status.FAILED]


class DeploymentQuerySet(models.QuerySet["Deployment"]):
    def visible_to(self, user: Who) -> Self:
        return self.of_somebody().filter(reach.owned_by(user), reach.within(user, "pk"))

    def changeable_by(self, user: Who) -> Self:
        owned = reach.owned_by(user, least=Role.DEVELOPER)
        return self.of_somebody().filter(owned, reach.within(user, "pk"))

    def own_of(self, owner_id: Any) -> Self:
        """The id may be a blank of config/worded.py."""
        return self.of_somebody().filter(owner=owner_id)

    def of_somebody(self) -> Self:
        """Shared ones are the installation's and are not listed as anybody's."""
        return self.filter(is_shared=False, deleted_at=None)

    def existing(self) -> Self:
        return self.filter(deleted_at=None)

    def unsettled(self) -> Self:
        """What somebody has to look at: not as wanted yet, or running and to be watched."""
        is_settled = Q(status__in=SETTLED, observed_generation=F("generation"))
        is_woken = Q(status=Status.SCALED_TO_ZERO, woken_at__gt=F("status_changed_at"))
        is_over = Q(status=Status.SCALED_TO_ZERO, stop_at__lte=Now())
        return self.filter(~is_settled | is_woken | is_over)


class Deployment(models.Model):
    """Somebody's wish to have a model answer, and how far we have come with it."""

    class Wanted(models.TextChoices):
        RUNNING = "running", _("Running")
        STOPPED = "stopped", _("Stopped")

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="deployments")
    name = models.SlugField(max_length=64)
    ai_model = models.ForeignKey(AIModel, models.PROTECT, related_name="deployments")
    is_shared = models.BooleanField(
        default=False, help_text="Made on demand, for all who call the model without one."
    )
    shared_version = models.ForeignKey(
        Version, models.PROTECT, null=True, blank=True, related_name="+"
    )

    # What is wanted. Each change of it is one more generation.
    wanted = models.CharField(max_length=8, choices=Wanted, default=Wanted.RUNNING)
    generation = models.PositiveIntegerField(default=1)
    release_wanted = models.ForeignKey(
        "Release", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    stop_at = models.DateTimeField(null=True, blank=True)
    budget = models.DecimalField(max_digits=14, decimal_places=6, null=True, blank=True)
    charged_token_id = models.BigIntegerField(
        null=True,
        blank=True,
        help_text="The token that deployed, changed or started it last: its budgets pay too.",
    )
    keep_seconds = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="For how long the data of its predictions is kept; empty: as the installation.",
    )
    woken_at = models.DateTimeField(
        null=True, blank=True, help_text="When a request last asked for an instance."
    )
    deleted_at = models.DateTimeField(null=True, blank=True)

    # What was seen.
    status = models.CharField(max_length=16, choices=Status, default=Status.QUEUED)
    reason = models.CharField(max_length=32, choices=Reason, blank=True, default=Reason.QUEUED)
    detail = models.TextField(blank=True, help_text="What the part that failed said of it.")
    status_changed_at = models.DateTimeField(db_default=Now())
    observed_generation = models.PositiveIntegerField(default=0)
    release_serving = models.ForeignKey(
        "Release", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    crashes = models.PositiveSmallIntegerField(default=0, help_text="In a row.")
    next_try_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    cost = models.DecimalField(max_digits=14, decimal_places=6, default=0)

    # Who works on it now, by the database's clock. A late writer's lease_number is no longer this.
    lease_owner = models.CharField(max_length=64, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    lease_number = models.PositiveBigIntegerField(default=0)

    created_at = models.DateTimeField(auto_now_add=True)
    idempotency_key = models.CharField(max_length=255, blank=True)

    objects = DeploymentQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="deployment_status_known"
            ),
            models.CheckConstraint(
                condition=Q(wanted__in=["running", "stopped"]), name="deployment_wanted_known"
            ),
            models.UniqueConstraint(
                fields=["owner", "name"],
                condition=Q(deleted_at=None),
                name="deployment_name_unique_per_owner",
            ),
            models.UniqueConstraint(
                fields=["shared_version"],
                condition=Q(is_shared=True, deleted_at=None),
                name="one_shared_deployment_per_version",
            ),
            models.UniqueConstraint(
                fields=["owner", "idempotency_key"],
                condition=~Q(idempotency_key=""),
                name="deployment_key_unique_per_owner",
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "-created_at"], name="deployment_by_owner"),
            models.Index(fields=["status"], name="deployment_by_status"),
        ]

    def __str__(self) -> str:
        return f"{self.owner}/{self.name}"

    def get_absolute_url(self) -> str:
        return reverse("deployment", args=[self.owner.get_username(), self.name])

    def move_to(self, status: Status, *, lease_number: int, **fields: Any) -> None:
        """Change what was seen, unless the lease was lost or the status allows it no more.

        Raises InvalidTransition.
        """
        rows = Deployment.objects.filter(
            pk=self.pk, status__in=MAY_BECOME[status], lease_number=lease_number
        )
        if self.status != status:
            fields["status_changed_at"] = Now()
        if not rows.update(status=status, **fields):
            raise InvalidTransition(f"deployment {self.pk} cannot become {status}")
        self.refresh_from_db()


class Release(models.Model):
    """A numbered change of a deployment: with what it is to run."""

    class Status(models.TextChoices):
        PENDING = "pending", _("Waiting")
        SERVING = "serving", _("Serving")
        SUPERSEDED = "superseded", _("Replaced")
        FAILED = "failed", _("Failed")

    deployment = models.ForeignKey(Deployment, models.CASCADE, related_name="releases")
    number = models.PositiveIntegerField()
    version = models.ForeignKey(Version, models.PROTECT, related_name="releases")
    hardware = models.ForeignKey(Hardware, models.PROTECT, related_name="releases")
    min_instances = models.PositiveSmallIntegerField(default=0)
    max_instances = models.PositiveSmallIntegerField(default=1)
    idle_seconds = models.PositiveIntegerField(
        default=900, help_text="Without a request until it sleeps; 0: never."
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    reason = models.CharField(max_length=32, choices=Reason, blank=True)
    detail = models.TextField(blank=True)
    note = models.CharField(max_length=200, blank=True, help_text="What was changed.")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    served_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["deployment", "number"], name="release_number_unique_per_deployment"
            ),
            models.CheckConstraint(
                condition=Q(min_instances__lte=F("max_instances")) & Q(max_instances__gte=1),
                name="release_instances_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"release {self.number}"


class Event(models.Model):
    """A line of a deployment's timeline."""

    deployment = models.ForeignKey(Deployment, models.CASCADE, related_name="events")
    at = models.DateTimeField(db_default=Now())
    # What it is of: status, release, instance, environment, settings.
    kind = models.CharField(max_length=16)
    code = models.CharField(max_length=32, help_text="A status, a reason, or what was done.")
    release_number = models.PositiveIntegerField(null=True)
    instance = models.CharField(max_length=80, blank=True, help_text="The instance's key.")
    detail = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["deployment", "-id"], name="event_by_deployment")]

    def __str__(self) -> str:
        return f"{self.kind} {self.code}"
