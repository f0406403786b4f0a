"""How far a deployment has come, as conditions with the time since when each is so."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from deployments.models import Deployment, Environment, Instance, Reason, Release, Status

BEFORE_PLACES = (Reason.BUILDING_ENVIRONMENT, Reason.ENVIRONMENT_FAILED, Reason.BUNDLE_MISSING)


@dataclass(frozen=True)
class Condition:
    type: str
    status: bool
    reason: str  # why not; empty when it is so
    since: datetime | None


def of(deployment: Deployment, living: Iterable[Instance]) -> list[Condition]:
    """In the order in which they come true. `living`: its instances that have not ended."""
    release = deployment.release_wanted
    if release is None:
        return []
    mine = [each for each in living if each.release_id == release.pk]
    serving = [each for each in living if each.status == Instance.Status.READY]
    return [
        _environment(deployment, release),
        _placed(deployment, mine),
        _ready(deployment, serving),
        _up_to_date(deployment, release),
    ]


def _environment(deployment: Deployment, release: Release) -> Condition:
    bundle = getattr(release.version, "bundle", None)
    if bundle is None:
        return Condition("EnvironmentReady", False, Reason.BUNDLE_MISSING, None)
    is_ready = bundle.environment.status == Environment.Status.READY
    reason = "" if is_ready else deployment.reason or Reason.BUILDING_ENVIRONMENT
    return Condition("EnvironmentReady", is_ready, reason, bundle.environment.built_at)


def _placed(deployment: Deployment, mine: list[Instance]) -> Condition:
    since = min((each.started_at for each in mine), default=None)
    return Condition("Placed", bool(mine), "" if mine else deployment.reason, since)


def _ready(deployment: Deployment, serving: list[Instance]) -> Condition:
    times = [each.ready_at for each in serving if each.ready_at]
    since = min(times) if times else deployment.status_changed_at
    reason = "" if serving else deployment.reason or deployment.status
    return Condition("Ready", bool(serving), reason, since)


def _up_to_date(deployment: Deployment, release: Release) -> Condition:
    is_so = deployment.release_serving_id == release.pk
    if is_so:
        return Condition("UpToDate", True, "", release.served_at)
    reason = deployment.reason or Status(deployment.status).value
    return Condition("UpToDate", False, reason, release.created_at)
