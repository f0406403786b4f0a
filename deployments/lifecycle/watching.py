"""Looks at each living instance, and writes down what became of it."""

from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now

from deployments.lifecycle import billing, giving_up, last_words, places, stopping
from deployments.lifecycle.work import Work
from deployments.models import Instance, Reason
from deployments.runtimes.interface import RuntimeRejected, Seen, State

BOOT_SECONDS = 30  # for a process to come up, before its setup begins
NOTED_EVERY = timedelta(seconds=10)
STEADY = timedelta(seconds=60)  # ready for so long: what crashed before no longer counts


def look(work: Work) -> None:
    for instance in list(work.living):
        billing.bill(work, instance)
        if instance.status in (Instance.Status.STOPPING, Instance.Status.UNHEALTHY):
            stopping.let_go(work, instance)
        else:
            _look_at(work, instance)
    _forgive(work)


def _look_at(work: Work, instance: Instance) -> None:
    seen = places.runtime(instance.runtime).look(instance.key)
    if seen.state == State.UNKNOWN and instance.seen_at is None:
        _start(work, instance)
    elif seen.state == State.UNKNOWN:
        _lose(work, instance, "Lost")
    elif seen.state == State.EXITED and seen.was_asked:
        _lose(work, instance, "EndedWithSlipway")
    elif seen.state == State.READY:
        _note_ready(work, instance, seen)
    elif seen.state == State.STARTING:
        _wait_for(work, instance, seen)
    else:
        fail(work, instance, _why(seen), last_words.of(instance, seen.detail))


def _start(work: Work, instance: Instance) -> None:
    """Again, when whoever made the row did not come to it: the key makes it one start."""
    bundle = places.bundle_of(instance.release)
    if bundle is None:
        fail(work, instance, Reason.BUNDLE_MISSING, "")
        return
    try:
        places.runtime(instance.runtime).start(places.wanted(instance, bundle))
    except RuntimeRejected as error:
        fail(work, instance, Reason(error.reason), str(error))
        return
    work.changes += 1


def _wait_for(work: Work, instance: Instance, seen: Seen) -> None:
    if instance.status == Instance.Status.READY:  # its server began anew by itself
        work.write(instance, status=Instance.Status.STARTING, started_at=Now())
        return
    if instance.seen_at is None:
        work.write(instance, seen_at=Now(), isolation=seen.isolation)
    bundle = places.bundle_of(instance.release)
    limit = timedelta(seconds=BOOT_SECONDS + (bundle.setup_seconds if bundle else 0))
    if work.now - instance.started_at > limit:
        fail(work, instance, Reason.SETUP_TIMED_OUT, last_words.of(instance, seen.detail))


def _note_ready(work: Work, instance: Instance, seen: Seen) -> None:
    if instance.status == Instance.Status.READY:
        is_due = instance.seen_at is None or work.now - instance.seen_at > NOTED_EVERY
        if is_due or seen.address != instance.address:
            # Not counted as a change: nothing follows from it.
            changes = work.changes
            work.write(instance, seen_at=Now(), memory_used=seen.memory_used, address=seen.address)
            work.changes = changes
        return
    with transaction.atomic():
        work.write(
            instance,
            status=Instance.Status.READY,
            ready_at=Now(),
            seen_at=Now(),
            address=seen.address,
            isolation=seen.isolation,
            slots=max(1, seen.slots),
            memory_used=seen.memory_used,
        )
        work.note(
            "instance", "Ready", instance=instance.key, release_number=instance.release.number
        )


def fail(work: Work, instance: Instance, reason: Reason, detail: str) -> None:
    """Take it out of service at once; what is left of it is stopped by the next steps."""
    with transaction.atomic():
        work.write(
            instance,
            status=Instance.Status.UNHEALTHY,
            reason=reason,
            detail=detail,
            stopping_at=Now(),
        )
        work.note(
            "instance",
            reason,
            detail=detail,
            instance=instance.key,
            release_number=instance.release.number,
        )
        giving_up.note_failure(work, instance, reason, detail)


def _lose(work: Work, instance: Instance, code: str) -> None:
    """It went with the host or with Slipway, and comes back with them: nobody's fault."""
    with transaction.atomic():
        stopping.end(work, instance)
        work.note("instance", code, instance=instance.key)


def _why(seen: Seen) -> Reason:
    if seen.is_out_of_memory:
        return Reason.OUT_OF_MEMORY
    if seen.is_setup_timed_out:
        return Reason.SETUP_TIMED_OUT
    if seen.is_port_taken:
        return Reason.PORT_TAKEN
    by_state = {State.SETUP_FAILED: Reason.SETUP_FAILED, State.UNHEALTHY: Reason.UNHEALTHY}
    return by_state.get(seen.state, Reason.CRASHED)


def _forgive(work: Work) -> None:
    ready = (each.ready_at for each in work.ready(work.target) if each.ready_at)
    if work.deployment.crashes and any(work.now - at > STEADY for at in ready):
        work.set(crashes=0, next_try_at=None)
