"""How many instances a release should have, by what waits and how long nothing came."""

from datetime import timedelta

from deployments.lifecycle import places
from deployments.lifecycle.work import Work
from deployments.models import Instance, Prediction, Release

SURPLUS_IDLE = timedelta(seconds=60)  # an instance beyond the first goes when idle for so long


def wanted(work: Work, release: Release) -> int:
    """Between min and max; a release that has not served yet gets one to prove itself."""
    waiting = Prediction.objects.queued().filter(deployment=work.deployment).count()
    taken = sum(instance.slots_taken for instance in work.ready(release))
    bundle = places.bundle_of(release)
    slots = max(1, bundle.max_concurrency if bundle else 1)
    needed = -(-(waiting + taken) // slots)
    least = release.min_instances
    if not needed and not _may_sleep(work, release):
        least = max(least, 1)
    return min(max(needed, least), release.max_instances)


def may_go(work: Work, instance: Instance, left: int) -> bool:
    """Whether it has been idle for long enough. To zero all go at once: wanted() has waited."""
    last = max(filter(None, (instance.used_at, instance.ready_at, instance.started_at)))
    return left == 0 or work.now - last >= SURPLUS_IDLE


def _may_sleep(work: Work, release: Release) -> bool:
    if not release.idle_seconds or work.serving != release:
        return False
    deployment = work.deployment
    times = [deployment.woken_at, deployment.last_used_at, release.served_at]
    for instance in work.of(release):
        times += [instance.ready_at or work.now, instance.used_at]
    last = max(filter(None, times), default=work.now)
    return work.now - last >= timedelta(seconds=release.idle_seconds)
