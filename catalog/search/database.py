"""Search by the database alone, for when the engine cannot answer: words as they stand, filters."""

import json
from array import array
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Coalesce

from catalog.models import AIModel
from catalog.models.ai_models import AIModelQuerySet
from catalog.search import database_ranges
from catalog.search.addresses import key_in, plain
from catalog.search.meaning import Named, meanings, named, parted
from catalog.search.query import FacetValue, Query, Results
from catalog.search.words import STOP_WORDS, sound

COLUMNS = {
    "task": "task_id",
    "library": "library_id",
    "license": "license_id",
    "license_class": "held_class",
    "publisher": "publisher__key",
    "source": "source",
}
COUNTED = COLUMNS | {"publisher": "publisher__slug"}
LISTS = {"language": "languages", "tag": "tags", "capability": "capabilities"}
ORDERS = {
    "trending": "trending_score",
    "runs": "runs",
    "downloads": "downloads",
    "likes": "likes",
    "created": "published_at",
    "updated": "source_updated_at",
    "size": "parameters",
}
MOST_WORDS = 6  # each costs a look at every row
COUNTED_UP_TO = 20_000  # models; counting more takes longer than a page may
FEW = 2_000  # models that a text fits; the facets of more are not counted
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DEEPEST = 10**9  # rows; deeper than any table here
READ_AT_ONCE = 10_000  # ids


def find(query: Query) -> Results:
    """Exact names first, then all that hold every word.

    Counts only what columns hold, and nothing at all when that would take too long.
    """
    text = sound(plain(query.text))
    if text:
        return _found(_fitting(text), text, query)
    found = _narrowed(_fitting(""), query)
    total = found.count()
    return Results(
        ids=_page(_ordered(found, "", query), query),
        total=total,
        facets=_facets(_fitting(""), query) if total <= COUNTED_UP_TO else {},
        is_degraded=True,
    )


def _found(fits: AIModelQuerySet, text: str, query: Query) -> Results:
    """Every row is looked at for the words once when they fit few, twice when they fit many."""
    few = list(fits.order_by().values_list("pk", flat=True)[: FEW + 1])
    is_few = len(few) <= FEW
    # By still_listed(), or SQLite would look at every listed model again.
    fits = _held(AIModel.objects.filter(pk__in=few).still_listed()) if is_few else fits
    ids = list(_ordered(_narrowed(fits, query), text, query).values_list("pk", flat=True))
    return Results(
        ids=ids[query.offset : query.offset + query.limit],
        total=len(ids),
        facets=_facets(fits, query) if is_few else {},
        is_degraded=True,
    )


def _page(found: AIModelQuerySet, query: Query) -> list[int]:
    start = min(query.offset, DEEPEST)
    return list(found.values_list("pk", flat=True)[start : start + query.limit])


def _facets(fits: AIModelQuerySet, query: Query) -> dict[str, list[FacetValue]]:
    return {name: _counts(fits, query, name) for name in query.facets if name in COLUMNS}


def all_ids(query: Query) -> "array[int]":
    """All that fit, in find()'s order, read in one go: what changes later moves nothing."""
    text = sound(plain(query.text))
    ids = _ordered(_narrowed(_fitting(text), query), text, query).values_list("pk", flat=True)
    return array("q", ids.iterator(chunk_size=READ_AT_ONCE))


def newest(query: Query) -> list[int]:
    """The page of what fits, the latest to come into this catalog first."""
    found = _narrowed(_fitting(sound(plain(query.text))), query)
    return _page(found.order_by("-pk"), query)


def _held(found: AIModelQuerySet) -> AIModelQuerySet:
    """With the license class that holds, a model's own or its base's."""
    return found.annotate(held_class=Coalesce("inherited_license_class", "license_class"))


def _fitting(text: str) -> AIModelQuerySet:
    found = _held(AIModel.objects.listed())
    typed = parted(text)
    if text and not typed:
        return found.none()
    said = [at for at, word in enumerate(typed) if word not in STOP_WORDS] or list(
        range(len(typed))
    )
    meant, others = meanings(typed), named(typed)
    for at in said[:MOST_WORDS]:
        tasks = {id for meaning in meant if at in meaning.covered for id in meaning.ids}
        word = typed[at]
        fits = Q(key__contains=word) | Q(summary__icontains=word) | Q(task__in=sorted(tasks))
        for other in others:
            fits |= _named(other) if at in other.covered else Q()
        found = found.filter(fits)
    return found


def _named(other: Named) -> Q:
    """The model that a term stands for, or the names that hold all its words."""
    if other.ai_model:
        return Q(pk=other.ai_model)
    return Q(*[Q(key__contains=word) for word in other.words])


def _narrowed(found: AIModelQuerySet, query: Query, *, without: str = "") -> AIModelQuerySet:
    for name, values in query.any_of.items():
        if values and name != without:
            found = found.filter(_has_one(name, values))
    for name, values in query.none_of.items():
        found = found.exclude(_has_one(name, values))
    if query.updated_since:
        found = found.filter(source_updated_at__gte=_since(query.updated_since))
    if query.changed_after:
        moment = EPOCH + timedelta(microseconds=query.changed_after)
        found = found.filter(updated_at__gt=moment)
    return database_ranges.narrowed(found, query)


def _has_one(name: str, values: tuple[str, ...]) -> Q:
    folded = [sound(value.lower()) for value in values]
    if name in COLUMNS:
        return Q(**{f"{COLUMNS[name]}__in": folded})
    one = Q()
    for value in folded:
        # In JSON a value stands between quotes, whichever database keeps it.
        one |= Q(pk__in=_listing(LISTS[name], json.dumps(value)))
    return one


def _listing(field: str, written: str) -> QuerySet[AIModel, Any]:
    as_text = AIModel.objects.annotate(as_text=Cast(field, TextField()))
    return as_text.filter(as_text__icontains=written).values("pk")


def _since(date: str) -> datetime:
    return datetime.fromisoformat(date).replace(tzinfo=UTC)


def _ordered(found: AIModelQuerySet, text: str, query: Query) -> AIModelQuerySet:
    if query.sort == "price":
        found = found.annotate(lowest=database_ranges.lowest_price(query.price_unit))
        return found.order_by(F("lowest").asc(nulls_last=True), F("popularity").desc(), "id")
    by = F(ORDERS.get(query.sort, "popularity")).desc(nulls_last=True)
    if query.sort != "relevance" or not text:
        return found.order_by(by, F("popularity").desc(), "id")
    exact = Case(
        When(key=key_in(text) or "/", then=Value(0)),
        When(name__iexact=text, then=Value(1)),
        When(name__istartswith=text, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    return found.order_by(exact, by, "id")


def _counts(fits: AIModelQuerySet, query: Query, name: str) -> list[FacetValue]:
    """As if no value of the same facet were chosen; the chosen ones are always among them."""
    column = COUNTED[name]
    found = _narrowed(fits, query, without=name).exclude(**{column: None})
    if query.facet_text:
        found = found.filter(**{f"{column}__icontains": sound(query.facet_text)})
    rows = found.values_list(column).annotate(count=Count("pk")).order_by("-count", column)
    chosen = {value.lower() for value in query.any_of.get(name, ())}
    listed = [
        FacetValue(value, n, value.lower() in chosen) for value, n in rows[: query.facet_limit]
    ]
    known = {value.value.lower() for value in listed}
    missing = [value for value in query.any_of.get(name, ()) if value.lower() not in known]
    return [*listed, *[FacetValue(value, 0, True) for value in missing]]
