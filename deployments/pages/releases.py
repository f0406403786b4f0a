"""Releases of a deployment: what each was to run, who wanted it, and what became of it."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from deployments.models import Deployment, Release
from deployments.pages import words


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    release: Release
    looks: str
    status: str
    reason: str
    version: str
    hardware: str
    instances: str
    idle: str
    by: str
    may_be_again: bool


def rows(deployment: Deployment) -> QuerySet[Release]:
    related = deployment.releases.select_related("version", "hardware", "created_by")
    return related.defer("version__openapi_schema")


def row(release: Release, deployment: Deployment) -> Row:
    """Of a release that came from rows()."""
    least, most = release.min_instances, release.max_instances
    return Row(
        release=release,
        looks=words.RELEASE_LOOKS.get(Release.Status(release.status), ""),
        status=release.get_status_display(),
        reason=words.reason(release.reason),
        version=str(release.version),
        hardware=release.hardware.name,
        instances=str(most) if least == most else f"{least}–{most}",
        idle=idle(release.idle_seconds),
        by=release.created_by.get_username() if release.created_by else "",
        may_be_again=release.pk != deployment.release_wanted_id,
    )


def idle(seconds: int) -> str:
    if not seconds:
        return _("never sleeps")
    if seconds % 60:
        return _("sleeps after %(count)s s") % {"count": seconds}
    return _("sleeps after %(count)s min") % {"count": seconds // 60}
