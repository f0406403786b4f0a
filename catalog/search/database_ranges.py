"""The ranges and flags of a Query in the database's own terms."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    DecimalField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Least

from catalog import memory, prices
from catalog.models import Offer
from catalog.models.ai_models import AIModelQuerySet
from catalog.search.query import Query

AMOUNT = DecimalField(max_digits=30, decimal_places=9)


def narrowed(found: AIModelQuerySet, query: Query) -> AIModelQuerySet:
    for name, (least, most) in query.ranges.items():
        found = _within(found, name, least, most)
    for name, is_so in query.flags.items():
        found = found.filter(_is(name, is_so))
    if query.devices is not None:
        found = found.filter(Q(device=None) | Q(device__in=query.devices))
    return found


def lowest_price(unit: str) -> Subquery:
    """Of the model around, per one of prices.UNITS."""
    factors = _factors([unit])
    amount = Case(
        *(When(unit=text, then=F("amount") * Value(factor)) for text, factor in factors.items()),
        output_field=AMOUNT,
    )
    offers = _comparable(factors).annotate(lowest=amount).order_by("lowest")
    return Subquery(offers.values("lowest")[:1], output_field=AMOUNT)


def _within(
    found: AIModelQuerySet, name: str, least: int | None, most: int | None
) -> AIModelQuerySet:
    """By a name out of NUMBERS, of which some are reckoned and prices are rows of their own."""
    prefix, _, rest = name.rpartition("_")
    if name.startswith("price_"):
        found = found.annotate(reckoned=lowest_price(name.removeprefix("price_")))
        return _between(found, "reckoned", _in_dollars(least), _in_dollars(most))
    if prefix == "memory_at":
        found = found.annotate(taken=_taken(int(rest)))
        return _between(found, "taken", least, most and memory.without_overhead(most))
    if name == "active_parameters":
        found = found.annotate(active=Coalesce("active_parameters", "parameters"))
        return _between(found, "active", least, most)
    return _between(found, name, least, most)


def _between(found: AIModelQuerySet, column: str, least: Any, most: Any) -> AIModelQuerySet:
    bounds = {f"{column}__gte": least, f"{column}__lte": most}
    return found.filter(**{bound: value for bound, value in bounds.items() if value is not None})


def _taken(context: int) -> Combinable:
    """Weights and context without the overhead, as memory.needed() adds them up."""
    kept = Least(Coalesce("context_length", Value(context)), Value(context))
    return ExpressionWrapper(
        F("weight_bytes") + F("token_bytes") * kept, output_field=BigIntegerField()
    )


def _is(name: str, is_so: bool) -> Q:
    if name == "is_sized":
        return Q(weight_bytes__isnull=not is_so)
    if name == "is_priced":
        is_priced = Q(Exists(_comparable(_factors(prices.UNITS))))
        return is_priced if is_so else ~is_priced
    return Q(**{name: is_so})


def _factors(units: Collection[str]) -> dict[str, Decimal]:
    """The wordings of these units that offers here have, and what their amounts count as."""
    dollars = Offer.objects.filter(currency=prices.CURRENCY).order_by()
    texts = dollars.values_list("unit", flat=True).distinct()
    compared = ((text, prices.comparable(text)) for text in texts)
    return {text: found[1] for text, found in compared if found and found[0] in units}


def _comparable(factors: Collection[str]) -> QuerySet[Offer]:
    of_model = Offer.objects.filter(ai_model=OuterRef("pk"), currency=prices.CURRENCY)
    return of_model.filter(unit__in=list(factors)).order_by()


def _in_dollars(nano: int | None) -> Decimal | None:
    return None if nano is None else prices.in_dollars(nano)
