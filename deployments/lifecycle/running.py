"""The steps of a deployment that is to run: prepare, start, serve, grow, shrink, sleep."""

from django.db import transaction

from deployments.lifecycle import capacity, giving_up, places, preparing, scaling, stopping
from deployments.lifecycle.work import Work
from deployments.models import Deployment, Reason, Release, Status


def begin(work: Work) -> None:
    """From the start, as after a stop or a failure that somebody wants tried again."""
    work.move(Status.QUEUED, Reason.QUEUED, crashes=0, next_try_at=None)


def go_on(work: Work) -> None:
    target = work.target
    if target is None:
        giving_up.on_deployment(work, Reason.BUNDLE_MISSING, "")
        return
    if _needs_no_new_instance(work, target) or work.ready(target):
        _serve(work, target)
    wanted = scaling.wanted(work, target)
    if len(work.of(target)) < wanted:
        _grow(work, target)
    if work.deployment.status == Status.FAILED or work.target != target:
        return  # it was given up just now
    _shrink(work, target, wanted)
    _tell(work, target, wanted)


def _needs_no_new_instance(work: Work, target: Release) -> bool:
    """Whether the wanted release differs from the serving one in its settings only."""
    old = work.serving
    if old is None or old == target:
        return False
    return (old.version_id, old.hardware_id) == (target.version_id, target.hardware_id)


def _serve(work: Work, target: Release) -> None:
    """From now on requests go to this release."""
    old = work.serving
    if old == target:
        return
    with transaction.atomic():
        if old and _needs_no_new_instance(work, target):
            for instance in work.of(old):
                work.write(instance, release=target)
        if old:
            work.write_release(old, status=Release.Status.SUPERSEDED, ended_at=work.now)
        work.write_release(
            target, status=Release.Status.SERVING, served_at=work.now, reason="", detail=""
        )
        work.set(release_serving=target)
        work.note("release", "Serving")


def _grow(work: Work, target: Release) -> None:
    """Make one more instance, when everything for it is there."""
    bundle = places.bundle_of(target)
    if bundle is None or not places.is_kept(bundle):
        giving_up.on_release(work, target, Reason.BUNDLE_MISSING, "")
        return
    again_at = work.deployment.next_try_at
    if again_at and again_at > work.now:
        work.trouble = work.trouble or _last_trouble(work)
        return
    if not preparing.is_ready(work, target, bundle):
        return
    room = capacity.reserve(work, target, bundle)
    if not room.is_enough:
        work.trouble = (Reason.NO_CAPACITY, "\n".join(room.lines))
        giving_up.if_no_room_for_long(work, target)


def _last_trouble(work: Work) -> tuple[Reason, str]:
    last = work.deployment.instances.exclude(reason="").order_by("-pk").first()
    reason = Reason(last.reason) if last else Reason.CRASHED
    return reason, last.detail if last else ""


def _shrink(work: Work, target: Release, wanted: int) -> None:
    """Older releases go as the new one comes; of its own only what is idle goes."""
    ready = len(work.ready(target))
    older = [each for each in work.living if each.release_id != target.pk]
    for instance in older:
        if instance.release_id not in (target.pk, work.deployment.release_serving_id):
            stopping.retire(work, instance)  # of a release that was replaced before it served
    if work.serving == target:
        serving = [each for each in older if each.status in ("starting", "ready")]
        for instance in serving[: max(0, len(serving) - max(0, wanted - ready))]:
            stopping.retire(work, instance)
    elif not work.is_replacing:
        for instance in older:
            stopping.retire(work, instance)
    surplus = len(work.of(target)) - wanted
    for instance in reversed(work.of(target)):
        if surplus > 0 and scaling.may_go(work, instance, wanted):
            surplus -= stopping.retire_if_free(work, instance)


def _tell(work: Work, target: Release, wanted: int) -> None:
    """Write down where it stands, and why."""
    status, reason, detail = _standing(work, target, wanted)
    seen = {} if work.is_replacing else {"observed_generation": work.deployment.generation}
    if status == Status.SCALED_TO_ZERO and _was_woken(work):
        return
    work.move(status, reason, detail, **seen)


def _standing(work: Work, target: Release, wanted: int) -> tuple[Status, str, str]:
    trouble, detail = work.trouble or ("", "")
    if work.serving == target and work.ready(target):
        rolled_back = work.deployment.reason == Reason.ROLLED_BACK
        kept = (Reason.ROLLED_BACK, work.deployment.detail) if rolled_back else ("", "")
        return Status.RUNNING, *(work.trouble or kept)
    if wanted == 0 and not work.living and not work.is_replacing:
        return Status.SCALED_TO_ZERO, Reason.IDLE, ""
    if not trouble:
        trouble, detail = _progress(work, target), ""
    if work.is_replacing and work.deployment.status in (Status.RUNNING, Status.UPDATING):
        return Status.UPDATING, trouble, detail
    if trouble == Reason.NO_CAPACITY and not work.living:
        return Status.QUEUED, trouble, detail
    return Status.STARTING, trouble, detail


def _progress(work: Work, target: Release) -> Reason:
    deployment = work.deployment
    is_waking = deployment.status == Status.SCALED_TO_ZERO or (
        deployment.status == Status.STARTING and deployment.reason == Reason.WAKING
    )
    if is_waking:
        return Reason.WAKING
    is_seen = any(instance.seen_at for instance in work.of(target))
    return Reason.RUNNING_SETUP if is_seen else Reason.STARTING_INSTANCE


def _was_woken(work: Work) -> bool:
    """Whether a request came after this step began to look; the next step answers it."""
    now = Deployment.objects.values_list("woken_at", flat=True).get(pk=work.deployment.pk)
    return now != work.deployment.woken_at
