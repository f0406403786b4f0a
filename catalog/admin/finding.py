"""Finds models for the admin's search boxes: by the engine, and by key what it does not hold."""

from django.db.models import Case, IntegerField, QuerySet, Value, When

from catalog.models import AIModel
from catalog.search import Query, find

MOST = 200  # Models that one search of the admin answers, best first.


def model_ids(text: str) -> list[int]:
    """Ids of models for this text, best first, then hidden ones and drafts by their key.

    Raises nothing: what the engine cannot answer is answered by key alone.
    """
    words = text.strip()
    if not words:
        return []
    unlisted = AIModel.objects.exclude(status__in=["listed", "deprecated"])
    by_key = unlisted.filter(key__startswith=words.lower()).order_by("key")
    found = find(Query(text=words, limit=MOST)).ids
    return [*dict.fromkeys([*found, *by_key.values_list("pk", flat=True)[:MOST]])]


def in_order_of(queryset: QuerySet[AIModel], ids: list[int]) -> QuerySet[AIModel]:
    """Those rows of a queryset that have one of these ids, in the order of the ids."""
    places = [When(pk=pk, then=Value(place)) for place, pk in enumerate(ids)]
    place = Case(*places, default=Value(len(ids)), output_field=IntegerField())
    return queryset.filter(pk__in=ids).order_by(place, "pk")
