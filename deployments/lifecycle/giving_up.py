"""What follows when an instance fails: another try, the release before it, or the end."""

from datetime import timedelta

from django.db import transaction

from deployments import leases
from deployments.lifecycle.work import Work
from deployments.models import Instance, Reason, Release, Status

MOST_CRASHES = 5  # in a row
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0  # seconds before a crashed instance is followed by another
ROOM_PATIENCE = timedelta(minutes=10)  # for an update to wait for room beside the old release
# What a second try would not mend while the release has never served.
FINAL = {
    *(Reason.SETUP_FAILED, Reason.SETUP_TIMED_OUT),
    *(Reason.RUNTIME_REJECTED, Reason.BUNDLE_MISSING, Reason.ENVIRONMENT_FAILED),
}
# Reasons that say more than CrashLoop does.
TELLING = FINAL | {Reason.OUT_OF_MEMORY, Reason.PORT_TAKEN}


def note_failure(work: Work, instance: Instance, reason: Reason, detail: str) -> None:
    """An instance of the wanted release ended by itself; its row says so already."""
    release = work.target
    if release is None or instance.release_id != release.pk:
        return
    crashes = work.deployment.crashes + 1
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (crashes - 1))
    work.set(crashes=crashes, next_try_at=leases.in_time(pause))
    work.trouble = (reason, detail)
    has_served = release.status == Release.Status.SERVING
    if reason in FINAL and not has_served:
        on_release(work, release, reason, detail)
    elif crashes >= MOST_CRASHES:
        on_release(work, release, reason if reason in TELLING else Reason.CRASH_LOOP, detail)


def on_release(work: Work, release: Release, reason: Reason, detail: str) -> None:
    """Back to the release that serves; where there is none, the deployment has failed."""
    if not work.is_replacing:
        on_deployment(work, reason, detail)
        return
    old = work.serving
    with transaction.atomic():
        _fail(work, release, reason, detail)
        work.note("release", Reason.ROLLED_BACK, detail=f"{reason}: {detail}".strip(": "))
        status = Status.RUNNING if work.ready(old) else Status.STARTING
        work.move(status, Reason.ROLLED_BACK, f"{reason}: {detail}".strip(": "))
        work.set(release_wanted=old, crashes=0, next_try_at=None)
    work.trouble = None  # of the release that was given up


def on_deployment(work: Work, reason: Reason, detail: str) -> None:
    with transaction.atomic():
        if work.target and work.target.status == Release.Status.PENDING:
            _fail(work, work.target, reason, detail)
        work.move(Status.FAILED, reason, detail, observed_generation=work.deployment.generation)


def if_no_room_for_long(work: Work, release: Release) -> None:
    if work.is_replacing and work.now - release.created_at > ROOM_PATIENCE and work.trouble:
        on_release(work, release, *work.trouble)


def _fail(work: Work, release: Release, reason: Reason, detail: str) -> None:
    work.write_release(
        release, status=Release.Status.FAILED, reason=reason, detail=detail, ended_at=work.now
    )
