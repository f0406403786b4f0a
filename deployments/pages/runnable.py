"""Which version of a model is run or deployed, and what to say when none can be."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from catalog.models import AIModel, Version
from deployments.bundles import can_run_here

MOST_VERSIONS = 100


@dataclass(frozen=True, slots=True)
class Choice:
    """`version` is what was asked for, or the newest that can run; None: the model has none."""

    version: Version | None
    is_possible: bool
    sentence: str  # why not


def versions(ai_model: AIModel) -> QuerySet[Version]:
    """Those that have a bundle here, the newest first."""
    found = ai_model.versions.filter(bundle__isnull=False).select_related("bundle__environment")
    return found.defer("openapi_schema")


def choose(ai_model: AIModel, version_id: str = "") -> Choice:
    """Raises Version.DoesNotExist for a version that is named and is not there."""
    known = ai_model.versions.select_related("bundle__environment", "ai_model__publisher")
    if version_id:
        chosen: Version | None = known.get(version_id=version_id[:64])
    else:
        chosen = known.filter(bundle__isnull=False).first() or known.first()
    if chosen is None:
        return Choice(None, False, _("No version of this model is known here."))
    verdict = can_run_here(chosen)
    return Choice(chosen, verdict.is_possible, verdict.sentence)
