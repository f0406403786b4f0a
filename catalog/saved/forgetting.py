"""How long matches and alerts are kept."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from catalog.models import Alert, SavedMatch

KEPT_DAYS = 30
BATCH = 5000


def forget() -> int:
    """Remove what is older; a model that was told once is not told again for that."""
    limit = timezone.now() - timedelta(days=KEPT_DAYS)
    settled = Alert.objects.exclude(status=Alert.Status.WAITING)
    return _removed(SavedMatch.objects.filter(found_at__lt=limit)) + _removed(
        settled.filter(created_at__lt=limit)
    )


def _removed(old: QuerySet[Any, Any]) -> int:
    total = 0
    while ids := list(old.values_list("pk", flat=True)[:BATCH]):
        total += old.model._base_manager.filter(pk__in=ids).delete()[0]
    return total
