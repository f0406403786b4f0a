"""What states, reasons and events are called on pages, and how they look."""

from django.utils.translation import gettext_lazy as _

from deployments.models import Deployment, Event, Instance, Prediction, Reason, Release, Status

DEPLOYMENT_LOOKS = {
    Status.RUNNING: "good",
    Status.FAILED: "bad",
    Status.QUEUED: "warn",
    Status.STARTING: "warn",
    Status.UPDATING: "warn",
    Status.STOPPING: "warn",
}
INSTANCE_LOOKS = {
    Instance.Status.READY: "good",
    Instance.Status.STARTING: "warn",
    Instance.Status.UNHEALTHY: "bad",
    Instance.Status.STOPPING: "warn",
}
RELEASE_LOOKS = {
    Release.Status.SERVING: "good",
    Release.Status.PENDING: "warn",
    Release.Status.FAILED: "bad",
}
PREDICTION_LOOKS = {
    Prediction.Status.SUCCEEDED: "good",
    Prediction.Status.FAILED: "bad",
    Prediction.Status.ABORTED: "bad",
    Prediction.Status.STARTING: "warn",
    Prediction.Status.PROCESSING: "warn",
}

REASONS = {
    Reason.QUEUED: _("Waits for a worker"),
    Reason.QUEUED_NO_WORKER: _("No worker looks at it"),
    Reason.NO_CAPACITY: _("Waits for free memory"),
    Reason.BUILDING_ENVIRONMENT: _("The environment is being built"),
    Reason.ENVIRONMENT_FAILED: _("The environment could not be built"),
    Reason.STARTING_INSTANCE: _("An instance starts"),
    Reason.RUNNING_SETUP: _("The model is being loaded"),
    Reason.SETUP_FAILED: _("The model could not be loaded"),
    Reason.SETUP_TIMED_OUT: _("Loading the model took too long"),
    Reason.CRASHED: _("An instance crashed"),
    Reason.CRASH_LOOP: _("Instances crash again and again"),
    Reason.OUT_OF_MEMORY: _("Out of memory"),
    Reason.PORT_TAKEN: _("Its port is taken"),
    Reason.UNHEALTHY: _("An instance does not answer"),
    Reason.RUNTIME_UNAVAILABLE: _("The runtime cannot be reached"),
    Reason.RUNTIME_REJECTED: _("The runtime refused"),
    Reason.ROLLED_BACK: _("The last change was rolled back"),
    Reason.IDLE: _("Asleep: nobody asked for a while"),
    Reason.WAKING: _("Woken by a request"),
    Reason.STOPPED_BY_USER: _("Stopped by its owner"),
    Reason.STOPPED_BY_TIME: _("Stopped at the time set"),
    Reason.STOPPED_BY_BUDGET: _("Stopped at the budget set"),
    Reason.BUNDLE_MISSING: _("The model's files are missing"),
}
KINDS = {
    "status": _("Status"),
    "release": _("Release"),
    "instance": _("Instance"),
    "environment": _("Environment"),
    "settings": _("Settings"),
}
# Codes that are neither a status nor a reason.
DONE = {
    "Created": _("Created"),
    "Changed": _("Changed"),
    "Promised": _("Memory was set aside for it"),
    "Started": _("Started"),
    "HandedOver": _("Handed over"),
    "Ready": _("Ready"),
    "Serving": _("Serves from now on"),
    "Lost": _("Lost: nothing is known of it any more"),
    "Ended": _("Ended"),
    "EndedWithSlipway": _("Ended together with Slipway, and starts with it again"),
    "Stopping": _("Is being stopped"),
    "Wake": _("Woken"),
    "Stop": _("Stop was pressed"),
    "Start": _("Start was pressed"),
    "Delete": _("Delete was pressed"),
    "RollBack": _("Roll back was pressed"),
}


def reason(code: str) -> str:
    """A reason in a few words; empty when there is none."""
    return str(REASONS[Reason(code)]) if code in REASONS else code


def event(said: Event) -> str:
    """What a line of the timeline tells, in a few words."""
    if said.code in REASONS:
        return reason(said.code)
    if said.code in Status.values:
        return str(Status(said.code).label)
    return str(DONE.get(said.code, said.code))


def looks(deployment: Deployment) -> str:
    return DEPLOYMENT_LOOKS.get(Status(deployment.status), "")


def looks_of_event(said: Event) -> str:
    if said.code in BAD:
        return "bad"
    return "good" if said.code in (Status.RUNNING, "Ready", "Serving") else ""


BAD = {
    Status.FAILED,
    Reason.ENVIRONMENT_FAILED,
    Reason.SETUP_FAILED,
    Reason.SETUP_TIMED_OUT,
    Reason.CRASHED,
    Reason.CRASH_LOOP,
    Reason.OUT_OF_MEMORY,
    Reason.PORT_TAKEN,
    Reason.UNHEALTHY,
    Reason.RUNTIME_REJECTED,
    Reason.ROLLED_BACK,
    Reason.BUNDLE_MISSING,
    "Lost",
}
