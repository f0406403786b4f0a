"""One step's view of a deployment, and the only way to write what was seen: under its lease."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from django.db import transaction

from deployments import leases
from deployments.leases import LeaseLost
from deployments.models import Deployment, Event, Instance, Reason, Release, Status

RELATED = (
    *("release_wanted__version__bundle__environment", "release_wanted__hardware"),
    *("release_serving__version", "release_serving__hardware", "ai_model", "owner"),
)


@dataclass
class Work:
    deployment: Deployment
    lease_number: int
    now: datetime
    living: list[Instance]
    # What keeps it from running, as this step found: told at the step's end.
    trouble: tuple[Reason, str] | None = None
    changes: int = field(default=0)

    @classmethod
    def load(cls, pk: int, lease_number: int) -> Self:
        rows = Deployment.objects.select_related(*RELATED)
        deployment = rows.filter(pk=pk, lease_number=lease_number).first()
        if deployment is None:
            raise LeaseLost(f"deployment {pk}")
        living = deployment.instances.living().select_related("release__version__bundle")
        return cls(deployment, lease_number, leases.now(), list(living.order_by("pk")))

    @property
    def target(self) -> Release | None:
        return self.deployment.release_wanted

    @property
    def serving(self) -> Release | None:
        return self.deployment.release_serving

    @property
    def has_budgets(self) -> bool:
        """Whether somebody's budget may pay for its instances; a token's row is looked at then."""
        return self.deployment.owner.has_budgets or self.deployment.charged_token_id is not None

    @property
    def is_replacing(self) -> bool:
        """Whether an older release serves while the wanted one is not ready."""
        return self.serving is not None and self.serving != self.target

    def of(self, release: Release | None) -> list[Instance]:
        """Its instances that serve or may come to serve."""
        return [
            instance
            for instance in self.living
            if release is not None
            and instance.release_id == release.pk
            and instance.status in (Instance.Status.STARTING, Instance.Status.READY)
        ]

    def ready(self, release: Release | None) -> list[Instance]:
        return [each for each in self.of(release) if each.status == Instance.Status.READY]

    def move(self, status: Status, reason: str = "", detail: str = "", **fields: Any) -> None:
        """Note what was seen. Writes nothing when it is as before."""
        deployment = self.deployment
        seen = {"reason": reason, "detail": detail, **fields}
        if deployment.status == status and all(
            getattr(deployment, name) == value for name, value in seen.items()
        ):
            return
        is_news = (deployment.status, deployment.reason) != (status, reason)
        with transaction.atomic():
            deployment.move_to(status, lease_number=self.lease_number, **seen)
            if is_news:
                self.note("status", reason or status, detail=detail)
        self.changes += 1

    def set(self, **fields: Any) -> None:
        """Columns of the deployment other than its status."""
        mine = Deployment.objects.filter(pk=self.deployment.pk, lease_number=self.lease_number)
        if not mine.update(**fields):
            raise LeaseLost(f"deployment {self.deployment.pk}")
        self.deployment.refresh_from_db(fields=[*fields])
        self.changes += 1

    def write(self, instance: Instance, **fields: Any) -> None:
        mine = Instance.objects.filter(
            pk=instance.pk, deployment__lease_number=self.lease_number
        ).exclude(status=Instance.Status.ENDED)
        if not mine.update(**fields):
            raise LeaseLost(f"instance {instance.key}")
        instance.refresh_from_db(fields=[*fields])
        self.changes += 1

    def write_release(self, release: Release, **fields: Any) -> None:
        mine = Release.objects.filter(pk=release.pk, deployment__lease_number=self.lease_number)
        if not mine.update(**fields):
            raise LeaseLost(f"release {release.pk}")
        release.refresh_from_db(fields=[*fields])
        self.changes += 1

    def note(self, kind: str, code: str, *, detail: str = "", **about: Any) -> None:
        """A line of the timeline; call it in the transaction of what it tells."""
        target = self.target
        about.setdefault("release_number", target.number if target else None)
        Event.objects.create(
            deployment=self.deployment, kind=kind, code=code, detail=detail, **about
        )
