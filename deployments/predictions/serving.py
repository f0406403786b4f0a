"""Which deployment answers for a version, and whether it takes anything now."""

from django.utils.translation import gettext as _

from accounts.models import User
from catalog.models import Version
from deployments import actions
from deployments.models import Deployment, Release, Status

from . import known

CLOSED = (Status.STOPPING, Status.STOPPED, Status.FAILED)


class NotServed(Exception):
    """Nothing here answers for it now; the message says why, and what to do."""


def version_of(deployment: Deployment) -> Version:
    """What it answers with now, or will once it serves. Raises NotServed."""
    release_id = deployment.release_serving_id or deployment.release_wanted_id
    if release_id is None:
        raise NotServed(_("The deployment %s has no release yet.") % deployment.name)
    version_id = Release.objects.values_list("version_id", flat=True).get(pk=release_id)
    return known.version(version_id)


def newest_of(ai_model_id: int) -> Version:
    """The newest that can run here. Raises NotServed."""
    runnable = Version.objects.filter(ai_model=ai_model_id, bundle__isnull=False)
    pk = runnable.values_list("pk", flat=True).first()
    if pk is None:
        raise NotServed(_("This model has no version that can run here."))
    return known.version(pk)


def deployment_for(user: User, version: Version) -> Deployment:
    """One's own that serves this version, else the one that all share. Raises NotServed."""
    existing = Deployment.objects.existing().filter(
        ai_model=version.ai_model_id, wanted=Deployment.Wanted.RUNNING
    )
    mine = existing.filter(owner=user, is_shared=False, release_serving__version=version)
    found = mine.exclude(status__in=CLOSED).first()
    if found:
        return found
    try:
        return actions.shared_for(version)
    except actions.Refused as refused:
        raise NotServed(str(refused)) from refused


def check_open(deployment: Deployment) -> None:
    """Raises NotServed."""
    if deployment.deleted_at or deployment.wanted == Deployment.Wanted.STOPPED:
        sentence = _("The deployment %s is stopped; start it, or ask another.")
        raise NotServed(sentence % deployment.name)
    if deployment.status == Status.FAILED:
        sentence = _("The deployment %(name)s has failed (%(reason)s). %(detail)s")
        words = {"reason": deployment.reason, "detail": deployment.detail[-300:]}
        raise NotServed(sentence % {"name": deployment.name, **words})
