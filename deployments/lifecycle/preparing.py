"""Sees that the environment of a release is built, which a task of its own does."""

from django.db.models import Q
from django.db.models.functions import Now

from deployments import doorbell
from deployments.lifecycle import giving_up, places
from deployments.lifecycle.work import Work
from deployments.models import Bundle, Environment, Reason, Release


def is_ready(work: Work, release: Release, bundle: Bundle) -> bool:
    """Whether instances can start; else the reason is told and the build is asked for."""
    environment = bundle.environment
    if environment.status == Environment.Status.READY:
        if places.environment_folder(environment).is_dir():
            return True
        _forget(environment)
    if environment.status == Environment.Status.FAILED:
        giving_up.on_release(work, release, Reason.ENVIRONMENT_FAILED, environment.error)
        return False
    work.trouble = (Reason.BUILDING_ENVIRONMENT, environment.step)
    if environment.leased_until is None or environment.leased_until < work.now:
        doorbell.ring(doorbell.BUILD, environment.pk)
    return False


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
