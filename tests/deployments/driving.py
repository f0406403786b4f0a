"""Advances deployments as the worker does, without one: with whatever runtime is chosen."""

import time
from collections.abc import Callable

from deployments import leases, lifecycle
from deployments.models import Deployment, Reason, Status

DONE = (Status.RUNNING, Status.SCALED_TO_ZERO, Status.STOPPED, Status.FAILED)


def is_settled(deployment: Deployment) -> bool:
    return (
        deployment.status in DONE
        and deployment.observed_generation == deployment.generation
        and not deployment.instances.filter(status__in=["starting", "stopping", "unhealthy"])
    )


def drive(
    deployment: Deployment,
    until: Callable[[Deployment], bool] | Status = is_settled,
    *,
    seconds: float = 60,
) -> Deployment:
    """Step after step until it is so; the deployment's row is fresh on return."""
    ends_at = time.monotonic() + seconds
    while not _is_so(deployment, until):
        assert time.monotonic() < ends_at, told(deployment)
        if deployment.reason == Reason.BUILDING_ENVIRONMENT:
            lifecycle.build(deployment.release_wanted.version.bundle.environment_id)
        lifecycle.advance(deployment.pk, patience=0.2)
        time.sleep(0.01)
    return deployment


def _is_so(deployment: Deployment, until: Callable[[Deployment], bool] | Status) -> bool:
    deployment.refresh_from_db()
    return deployment.status == until if isinstance(until, Status) else until(deployment)


def told(deployment: Deployment) -> str:
    """Its timeline, for a test that failed."""
    lines = [f"{deployment.status} {deployment.reason} {deployment.detail} at {leases.now()}"]
    for event in deployment.events.order_by("pk"):
        lines.append(f"{event.at} {event.kind} {event.code} {event.instance} {event.detail}")
    return "\n".join(lines)
