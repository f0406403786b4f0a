"""Why a deployment stands where it stands, in a sentence, and what to do next."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.health import heartbeat
from deployments.models import Deployment, Reason, Status

SOON = timedelta(seconds=5)  # a worker takes what was asked within a second
HEARD = 45  # seconds: the worker of models is heard each 15
MOVING = (Status.QUEUED, Status.STARTING, Status.UPDATING, Status.STOPPING)


@dataclass(frozen=True)
class Told:
    sentence: str
    next_action: str  # empty: nothing needs to be done
    reason: str = ""


def told(deployment: Deployment) -> Told:
    reason = reason_of(deployment)
    words = WORDS.get(reason) or BY_STATUS[Status(deployment.status)]
    sentence, next_action = words
    return Told(str(sentence), str(next_action), reason)


def reason_of(deployment: Deployment) -> str:
    """As the row says; when nobody is there to write one, that is the reason."""
    is_late = timezone.now() - deployment.status_changed_at > SOON
    is_moving = deployment.status in MOVING or (
        deployment.observed_generation != deployment.generation
    )
    if is_moving and is_late and not _is_worker_heard():
        return Reason.QUEUED_NO_WORKER
    return deployment.reason


def of(reason: str) -> Told:
    """For a release or an instance, which have a reason of their own."""
    sentence, next_action = WORDS.get(reason, ("", ""))
    return Told(str(sentence), str(next_action), reason)


def _is_worker_heard() -> bool:
    seconds = heartbeat.seconds_since_worker(heartbeat.RUNNER)
    return seconds is not None and seconds < HEARD


Words = tuple[Promise | str, Promise | str]
NOTHING = ""
LOOK = _("Look into its log, mend the model, push a new version, and update the deployment.")
BY_STATUS: dict[Status, Words] = {
    Status.QUEUED: (_("It waits for its turn."), NOTHING),
    Status.STARTING: (_("It is being started."), NOTHING),
    Status.RUNNING: (_("It runs and answers."), NOTHING),
    Status.SCALED_TO_ZERO: (
        _("It sleeps, costs nothing, and wakes with the next request."),
        NOTHING,
    ),
    Status.UPDATING: (_("A new release is being started; the old one answers meanwhile."), NOTHING),
    Status.STOPPING: (_("Its instances are being stopped."), NOTHING),
    Status.STOPPED: (_("It is stopped and costs nothing."), _("Start it when you need it.")),
    Status.FAILED: (_("It failed."), _("Read what is told below, then start it again.")),
}
WORDS: dict[str, Words] = {
    Reason.QUEUED: (_("It waits for its turn, which takes a moment."), NOTHING),
    Reason.QUEUED_NO_WORKER: (
        _("It waits, as no worker of models was heard lately."),
        _("Ask the administrator to start the worker; the status page tells how."),
    ),
    Reason.NO_CAPACITY: (
        _("It waits for memory or hardware that others have now."),
        _("Stop a deployment, choose smaller hardware, or wait: it starts when there is room."),
    ),
    Reason.BUILDING_ENVIRONMENT: (
        _("The packages that the model needs are being installed; this happens once a version."),
        NOTHING,
    ),
    Reason.ENVIRONMENT_FAILED: (
        _("The packages that the model needs could not be installed."),
        _("Read the build log, mend the requirements, push again; or start it to try once more."),
    ),
    Reason.STARTING_INSTANCE: (_("Its first instance is being started."), NOTHING),
    Reason.RUNNING_SETUP: (_("Its instance runs; the model is being loaded."), NOTHING),
    Reason.SETUP_FAILED: (_("The model failed while it was being loaded."), LOOK),
    Reason.SETUP_TIMED_OUT: (
        _("The model took longer to load than its bundle allows."),
        _("Let it load less, or raise setup_seconds in its bundle, and push a new version."),
    ),
    Reason.CRASHED: (
        _("An instance ended by itself; another one is started after a pause."),
        _("When this goes on, look into its log."),
    ),
    Reason.CRASH_LOOP: (_("Its instances ended by themselves five times in a row."), LOOK),
    Reason.OUT_OF_MEMORY: (
        _("The model needed more memory than its hardware has."),
        _("Choose hardware with more memory."),
    ),
    Reason.PORT_TAKEN: (
        _("The port that was chosen for it was taken by another program; another one is tried."),
        _("When this goes on, ask the administrator."),
    ),
    Reason.UNHEALTHY: (
        _("An instance answered no more and is being replaced."),
        _("When this goes on, look into its log."),
    ),
    Reason.RUNTIME_UNAVAILABLE: (
        _("What runs the models cannot be asked now; it is tried again each second."),
        _("When this goes on, ask the administrator."),
    ),
    Reason.RUNTIME_REJECTED: (
        _("What runs the models refuses it; the words below tell why."),
        _("Change what they name, and update the deployment."),
    ),
    Reason.ROLLED_BACK: (
        _("The last change did not become ready; the release before it answers."),
        _("Read why below, and try another change."),
    ),
    Reason.IDLE: (
        _("It sleeps, as nothing was asked for a while; it wakes with the next request."),
        NOTHING,
    ),
    Reason.WAKING: (_("A request woke it; it answers in a moment."), NOTHING),
    Reason.STOPPED_BY_USER: (_("It was stopped."), _("Start it when you need it.")),
    Reason.STOPPED_BY_TIME: (
        _("It was stopped at the time that was set."),
        _("Set a later time, or none, and start it."),
    ),
    Reason.STOPPED_BY_BUDGET: (
        _("It was stopped, as a budget is used up: its own, its owner's, or its token's."),
        _("Raise it, and start it. A start that is refused says which one, and who can raise it."),
    ),
    Reason.BUNDLE_MISSING: (
        _("The files of its version are missing here."),
        _("Push the version again, and start it."),
    ),
}
