"""Takes the next step of a deployment: who may, which one, and how soon to look again."""

import time
from collections.abc import Callable
from enum import Enum, auto

import structlog

from deployments import leases
from deployments.leases import LeaseLost
from deployments.lifecycle import limits, running, stopping, watching
from deployments.lifecycle.work import Work
from deployments.models import Deployment, InvalidTransition, Reason, Status
from deployments.runtimes.interface import RuntimeUnavailable

log = structlog.get_logger(__name__)

# How long one task stays with a deployment that is about to change; the sweep does the rest.
PATIENCE = 8.0
PAUSE = 0.1


class Pace(Enum):
    ON = auto()  # something changed: take the next step
    SOON = auto()  # an instance starts or ends: look again in a moment
    LATER = auto()  # nothing to do before the next sweep


def advance(pk: int, *, patience: float = PATIENCE) -> None:
    """Bring a deployment nearer to what is wanted of it. Safe to repeat at any time."""
    until = time.monotonic() + patience
    while (pace := step(pk)) is not Pace.LATER:
        if time.monotonic() >= until:
            return
        if pace is Pace.SOON:
            time.sleep(PAUSE)


def step(pk: int) -> Pace:
    """Read, compare, do one thing, write: under a lease that nobody else has meanwhile."""
    number = leases.take(pk)
    if number is None:
        return Pace.LATER
    try:
        return _take(Work.load(pk, number))
    except (InvalidTransition, LeaseLost) as error:
        log.info("somebody else was first", deployment=pk, what=str(error))
        return Pace.LATER
    finally:
        leases.release(pk, number)


def _take(work: Work) -> Pace:
    changes = work.changes
    try:
        limits.keep(work)
        watching.look(work)
        STEPS[_place(work.deployment)](work)
    except RuntimeUnavailable as error:
        work.move(Status(work.deployment.status), Reason.RUNTIME_UNAVAILABLE, str(error))
        return Pace.LATER
    if work.changes > changes:
        return Pace.ON
    is_settled = work.deployment.status == Status.RUNNING and not work.is_replacing
    is_moving = any(instance.status != "ready" for instance in work.living)
    return Pace.SOON if is_moving and not is_settled else Pace.LATER


def _place(deployment: Deployment) -> Status:
    """The status by which the next step is chosen: what is wanted comes first."""
    if deployment.wanted == Deployment.Wanted.STOPPED:
        return Status.STOPPING
    is_new = deployment.observed_generation != deployment.generation
    if deployment.status in (Status.STOPPING, Status.STOPPED) or (
        deployment.status == Status.FAILED and is_new
    ):
        return Status.STOPPED
    return Status(deployment.status)


STEPS: dict[Status, Callable[[Work], None]] = {
    Status.STOPPED: running.begin,
    Status.QUEUED: running.go_on,
    Status.STARTING: running.go_on,
    Status.RUNNING: running.go_on,
    Status.UPDATING: running.go_on,
    Status.SCALED_TO_ZERO: running.go_on,
    Status.STOPPING: stopping.stop,
    Status.FAILED: stopping.clear,
}
