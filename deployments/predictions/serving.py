"""Which deployment answers for a version, and whether it takes anything now."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts import reach
from accounts.models import User
from catalog.models import Version
from config.worded import Blank, Question
from deployments import actions
from deployments.models import Deployment, Status

from . import known

CLOSED = (Status.STOPPING, Status.STOPPED, Status.FAILED)
_NEWEST = Question(
    lambda: Version.objects.filter(ai_model=Blank("ai_model"), bundle__isnull=False).values_list(
        "pk"
    )[:1]
)
_OWN = Question(
    lambda: (
        Deployment.objects.own_of(Blank("owner"))
        .filter(ai_model=Blank("ai_model"), wanted=Deployment.Wanted.RUNNING)
        .filter(release_serving__version=Blank("version"))
        .exclude(status__in=CLOSED)[:1]
    )
)


class NotServed(Exception):
    """Nothing here answers for it now; the message says why, and what to do."""


def version_of(deployment: Deployment) -> Version:
    """What it answers with now, or will once it serves. Raises NotServed."""
    release_id = deployment.release_serving_id or deployment.release_wanted_id
    if release_id is None:
        raise NotServed(_("The deployment %s has no release yet.") % deployment.name)
    return known.version(known.release(release_id).version_id)


def newest_of(ai_model_id: int) -> Version:
    """The newest that can run here. Raises NotServed."""
    pk = _NEWEST.value(ai_model=ai_model_id)
    if pk is None:
        raise NotServed(_("This model has no version that can run here."))
    return known.version(pk)


def deployment_for(owner: User, version: Version) -> Deployment:
    """The owner's own that serves this version, else the one that all share. Raises NotServed."""
    found = _OWN.first(owner=owner.pk, version=version.pk, ai_model=version.ai_model_id)
    if found:
        found.owner = owner
        return found
    try:
        return actions.shared_for(version)
    except actions.Refused as refused:
        raise NotServed(str(refused)) from refused


def check_within(user: User, deployment: Deployment | None) -> None:
    """Raises PermissionDenied for a token that is limited to another deployment."""
    only = reach.only_deployment(user)
    if only is None or (deployment is not None and deployment.pk == only):
        return
    sentence = _("This token asks the deployment %(name)s and nothing else: call %(path)s.")
    name = user.token.deployment_name if user.token else ""
    path = f"POST /v1/deployments/{name}/predictions"
    raise PermissionDenied(sentence % {"name": name, "path": path})


def check_open(deployment: Deployment) -> None:
    """Raises NotServed."""
    if deployment.deleted_at or deployment.wanted == Deployment.Wanted.STOPPED:
        sentence = _("The deployment %s is stopped; start it, or ask another.")
        raise NotServed(sentence % deployment.name)
    if deployment.status == Status.FAILED:
        sentence = _("The deployment %(name)s has failed (%(reason)s). %(detail)s")
        words = {"reason": deployment.reason, "detail": deployment.detail[-300:]}
        raise NotServed(sentence % {"name": deployment.name, **words})
