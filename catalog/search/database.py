"""Search by the database alone: plain substrings, for when the engine cannot answer."""

from django.db.models import Count, F, Q

from catalog.models import AIModel
from catalog.models.ai_models import AIModelQuerySet

from .query import FacetValue, Query, Results

COLUMNS = {
    "task": "task_id",
    "library": "library_id",
    "license": "license_id",
    "license_class": "license_class",
    "publisher": "publisher__slug",
    "source": "source",
}
ORDERS = {
    "trending": "trending_score",
    "runs": "runs",
    "downloads": "downloads",
    "likes": "likes",
    "created": "published_at",
    "updated": "source_updated_at",
    "size": "parameters",
}


def find(query: Query) -> Results:
    found = _matching(query)
    column = ORDERS.get(query.sort, "popularity")
    ordered = found.order_by(F(column).desc(nulls_last=True), "id")
    return Results(
        ids=list(ordered.values_list("pk", flat=True)[query.offset : query.offset + query.limit]),
        total=found.count(),
        facets={name: _counts(found, name) for name in query.facets if name in COLUMNS},
        is_degraded=True,
    )


def _matching(query: Query) -> AIModelQuerySet:
    found = AIModel.objects.listed()
    for word in query.text.replace("\0", " ").split()[:10]:
        found = found.filter(Q(key__contains=word.lower()) | Q(summary__icontains=word))
    for name, values in query.any_of.items():
        if name in COLUMNS:
            found = found.filter(**{f"{COLUMNS[name]}__in": values})
    for name, values in query.none_of.items():
        if name in COLUMNS:
            found = found.exclude(**{f"{COLUMNS[name]}__in": values})
    return found


def _counts(found: AIModelQuerySet, name: str) -> list[FacetValue]:
    column = COLUMNS[name]
    rows = (
        found.exclude(**{column: None})
        .values_list(column)
        .annotate(count=Count("pk"))
        .order_by("-count", column)[:100]
    )
    return [FacetValue(value, count) for value, count in rows]
