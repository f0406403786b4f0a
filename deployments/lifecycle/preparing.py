"""Sees that the environment of a release is built, which a task of its own does."""

from django.db.models import Q
from django.db.models.functions import Now

from deployments import doorbell
from deployments.bundles import environments
from deployments.lifecycle import giving_up
from deployments.lifecycle.work import Work
from deployments.models import Bundle, Deployment, Environment, Reason, Release


def is_ready(work: Work, release: Release, bundle: Bundle) -> bool:
    """Whether instances can start; else the reason is told and the build is asked for."""
    environment = bundle.environment
    if environment.status == Environment.Status.READY:
        if environments.is_whole(environment):
            return True
        _forget(environment)
    if environment.status == Environment.Status.FAILED:
        giving_up.on_release(work, release, Reason.ENVIRONMENT_FAILED, environment.error)
        return False
    work.trouble = (Reason.BUILDING_ENVIRONMENT, environment.step)
    if environment.leased_until is None or environment.leased_until < work.now:
        doorbell.ring(doorbell.BUILD, environment.pk)
    return False


def build(pk: int) -> None:
    """Build an environment unless somebody does; then tell those who wait for it."""
    environment = Environment.objects.filter(pk=pk).first()
    if environment is None or environment.status == Environment.Status.FAILED:
        return
    environments.ensure(environment)
    waiting = Deployment.objects.existing().filter(
        reason=Reason.BUILDING_ENVIRONMENT, release_wanted__version__bundle__environment=pk
    )
    for deployment in waiting.values_list("pk", flat=True):
        doorbell.ring(doorbell.ADVANCE, deployment)


def try_again(release: Release) -> None:
    """Somebody wants a failed build repeated."""
    Environment.objects.filter(
        bundles__version=release.version_id, status=Environment.Status.FAILED
    ).update(status=Environment.Status.MISSING, error="", step="")


def _forget(environment: Environment) -> None:
    """Its folder is gone, as after a disk was cleaned."""
    Environment.objects.filter(pk=environment.pk, status=Environment.Status.READY).filter(
        Q(leased_until=None) | Q(leased_until__lt=Now())
    ).update(status=Environment.Status.MISSING, built_at=None, step="")
    environment.refresh_from_db()
