"""Says what a deletion takes along by counting it, where Django would read every row."""

from collections.abc import Sequence
from typing import Any

from django.db.models import CASCADE, PROTECT, Count, Model, QuerySet, Value
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _

SHOWN = 100
# To delete, how many of each kind, permissions that lack, what stands in the way.
Deletion = tuple[list[Any], dict[str, int], set[str], list[Any]]


def counted(objects: QuerySet[Any] | Sequence[Model], request: HttpRequest) -> Deletion:
    """What ModelAdmin.get_deleted_objects answers, in one query for everything that hangs on it."""
    rows = list(objects[: SHOWN + 1])
    if not rows:
        return [], {}, set(), []
    model, total = type(rows[0]), _total(objects, rows)
    counts = _related(model, objects)
    goes = {name: count for name, (count, rule) in counts.items() if rule is CASCADE}
    stays = [f"{count:,} {name}" for name, (count, rule) in counts.items() if rule is PROTECT]
    shown = [str(row) for row in rows[:SHOWN]]
    if total > SHOWN:
        shown.append(_("and %(count)s more") % {"count": f"{total - SHOWN:,}"})
    along = [f"{capfirst(name)}: {count:,}" for name, count in goes.items()]
    summary = {str(model._meta.verbose_name_plural): total, **goes}
    return [*shown, *([along] if along else [])], summary, set(), stays


def _total(objects: QuerySet[Any] | Sequence[Model], rows: list[Model]) -> int:
    if len(rows) <= SHOWN:
        return len(rows)
    return objects.count() if isinstance(objects, QuerySet) else len(objects)


def _related(
    model: type[Model], objects: QuerySet[Any] | Sequence[Model]
) -> dict[str, tuple[int, Any]]:
    """By the plural of what refers to them: how many, and what becomes of those."""
    relations = [
        relation
        for relation in model._meta.related_objects
        if relation.on_delete in (CASCADE, PROTECT)
    ]
    if not relations:
        return {}
    chosen = (
        objects.order_by().values("pk")
        if isinstance(objects, QuerySet)
        else [row.pk for row in objects]
    )
    first, *others = (
        relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": chosen})
        .order_by()
        .values(place=Value(place))
        .annotate(count=Count("*"))
        .values_list("place", "count")
        for place, relation in enumerate(relations)
    )
    found = dict(first.union(*others, all=True) if others else first)
    return {
        str(relation.related_model._meta.verbose_name_plural): (
            found[place],
            relation.on_delete,
        )
        for place, relation in enumerate(relations)
        if found.get(place)
    }
