"""What is new of what somebody follows, worked out of the rows themselves: nothing is stored."""

from dataclasses import dataclass
from datetime import UTC, datetime, time
from heapq import nlargest

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from catalog.models import AIModel, Follow, Version


class Kind(models.TextChoices):
    VERSION = "version", _("New version")
    DEPRECATED = "deprecated", _("Deprecated")
    MODEL = "model", _("New model")


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    kind: Kind
    ai_model: AIModel
    at: datetime
    key: str  # tells it from all others, and stays
    version_id: str = ""


def of(user: User, most: int) -> list[News]:
    """The newest first. A follow of one thing says what was known then: the rest is news."""
    found = [*_versions(user, most), *_deprecated(user), *_models(user, most)]
    return nlargest(most, found, key=lambda one: one.at)


def _versions(user: User, most: int) -> list[News]:
    """By their keys, as a version may be read long after its source dated it."""
    later = Version.objects.filter(
        ai_model__followers__user=user,
        pk__gt=F("ai_model__followers__last_version"),
        ai_model__status__in=AIModel.LISTED,
    )
    rows = later.select_related("ai_model__publisher").defer("openapi_schema")
    return [
        News(
            kind=Kind.VERSION,
            ai_model=row.ai_model,
            at=row.created_at,
            key=f"version/{row.pk}",
            version_id=row.version_id,
        )
        for row in rows.order_by("-created_at")[:most]
    ]


def _deprecated(user: User) -> list[News]:
    follows = Follow.objects.filter(
        user=user, was_deprecated=False, ai_model__status=AIModel.Status.DEPRECATED
    )
    return [
        News(
            kind=Kind.DEPRECATED,
            ai_model=follow.ai_model,
            at=_deprecated_at(follow, follow.ai_model),
            key=f"deprecated/{follow.ai_model.pk}",
        )
        for follow in follows.select_related(
            "ai_model__publisher", "ai_model__replacement__publisher"
        )
        if follow.ai_model
    ]


def _deprecated_at(follow: Follow, ai_model: AIModel) -> datetime:
    """It was no news before it was followed."""
    day = ai_model.deprecated_at
    at = datetime.combine(day, time.min, UTC) if day else ai_model.updated_at
    return max(at, follow.created_at)


def _models(user: User, most: int) -> list[News]:
    """By when they came into this catalog."""
    later = AIModel.objects.listed().filter(
        publisher__followers__user=user, created_at__gt=F("publisher__followers__created_at")
    )
    return [
        News(kind=Kind.MODEL, ai_model=row, at=row.created_at, key=f"model/{row.pk}")
        for row in later.select_related("publisher").order_by("-created_at")[:most]
    ]
