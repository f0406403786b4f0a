"""What curators may ask for: each change is theirs from then on, whatever a source says later."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Concat, Substr

from accounts import audit
from accounts.models import User
from catalog import inheritance, provenance
from catalog.models import AIModel, CollectionItem, FormerName, Publisher
from catalog.models.ai_models import AIModelQuerySet
from catalog.search import indexing

BATCH = 2000  # Rows a statement, below the number of parameters that a database takes.


class NameTaken(Exception):
    """The message tells whose the name is."""


@dataclass(frozen=True)
class Removal:
    """What came of a wish to delete: models that others refer to are hidden instead."""

    deleted: int
    hidden: list[str]


@transaction.atomic
def curate(ai_model: AIModel, *, by: User, **changes: Any) -> None:
    """Set these fields of a model and lock them: the next import leaves them as they are."""
    changes = {**changes, **_implied(ai_model, changes)}
    before = {field: getattr(ai_model, field) for field in changes}
    for field, value in changes.items():
        setattr(ai_model, field, value)
    ai_model.locked_fields = sorted({*ai_model.locked_fields, *changes})
    ai_model.popularity = _popularity(ai_model)
    ai_model.save()
    inheritance.settle_family(ai_model)
    indexing.ring()
    audit.note("model.curated", about=ai_model, before=before, after=changes, by=by)


@transaction.atomic
def release(ai_model: AIModel, *, by: User, fields: Iterable[str]) -> None:
    """Give locked fields back to the source: its word as it is now replaces the curator's.

    A field that no source says anything about keeps its value.
    """
    given_back = {*fields} & {*ai_model.locked_fields}
    records = provenance.in_order(ai_model.source_records.all())
    said = provenance.merged(records) if records else {}
    if "base_model" in given_back or "base_model_names" in given_back:
        given_back |= {"base_model", "base_model_names"}
    for field in given_back & said.keys():
        setattr(ai_model, _column(field), said[field])
    if records and "base_model" in given_back:
        ai_model.base_model = _first_named(ai_model.base_model_names)
    ai_model.locked_fields = sorted({*ai_model.locked_fields} - given_back)
    ai_model.popularity = _popularity(ai_model)
    ai_model.save()
    inheritance.settle_family(ai_model)
    indexing.ring()
    audit.note("model.released", about=ai_model, after={"fields": sorted(given_back)}, by=by)


@transaction.atomic
def add(ai_model: AIModel, *, by: User, fields: Iterable[str]) -> None:
    """Save a model that a curator made; the fields that they filled in are theirs."""
    _refuse_taken_name(f"{ai_model.full_name}".lower(), ai_model)
    ai_model.locked_fields = sorted({*fields} - {"publisher", "name"})
    ai_model.popularity = _popularity(ai_model)
    ai_model.save()
    inheritance.settle_family(ai_model)
    indexing.ring()
    audit.note("model.added", about=ai_model, by=by)


@transaction.atomic
def rename(
    ai_model: AIModel, *, by: User, publisher: Publisher | None = None, name: str = ""
) -> None:
    """Give a model another owner or name; pages of the former one redirect for ever."""
    before = AIModel.objects.values_list("key", flat=True).get(pk=ai_model.pk)
    ai_model.publisher = publisher or ai_model.publisher
    ai_model.name = name or ai_model.name
    after = ai_model.full_name.lower()
    _refuse_taken_name(after, ai_model)
    ai_model.locked_fields = sorted({*ai_model.locked_fields, "name"})
    ai_model.save()
    if after != before:
        _keep_former({before: ai_model.pk})
    indexing.ring()
    audit.note("model.renamed", about=ai_model, before={"key": before}, after={"key": after}, by=by)


@transaction.atomic
def rename_publisher(publisher: Publisher, *, by: User, slug: str) -> None:
    """Give a publisher another name: all models move along, and their old pages redirect."""
    before = publisher.key
    taken = Publisher.objects.named(slug).exclude(pk=publisher.pk).first()
    if taken:
        raise NameTaken(f"There is a publisher {taken} already; choose another name.")
    publisher.slug = slug
    publisher.save()
    if publisher.key != before:
        _keep_former(dict(publisher.ai_models.values_list("key", "pk")))
        rest = Substr("key", len(before) + 1)
        publisher.ai_models.update(key=Concat(Value(publisher.key), rest))
    else:
        publisher.ai_models.touch()
    indexing.ring()
    former, present = {"key": before}, {"key": publisher.key}
    audit.note("publisher.renamed", about=publisher, before=former, after=present, by=by)


def touch_models_of(publisher: Publisher) -> None:
    """What is shown with a publisher's models changed."""
    publisher.ai_models.touch()
    indexing.ring()


@transaction.atomic
def hide(ai_models: AIModelQuerySet, *, by: User) -> int:
    """Take models out of the catalog that everybody sees."""
    return _set_status(ai_models, by=by, status=AIModel.Status.HIDDEN)


@transaction.atomic
def show(ai_models: AIModelQuerySet, *, by: User) -> int:
    """List models again, whatever took them away."""
    return _set_status(
        ai_models, by=by, status=AIModel.Status.LISTED, deprecated_at=None, retired_at=None
    )


@transaction.atomic
def deprecate(
    ai_models: AIModelQuerySet, *, by: User, on: date, replacement: AIModel | None = None
) -> int:
    """Say that models should no longer be chosen, and what to take instead."""
    changes: dict[str, Any] = {"replacement": replacement} if replacement else {}
    others = ai_models.exclude(pk=replacement.pk) if replacement else ai_models
    return _set_status(others, by=by, status=AIModel.Status.DEPRECATED, deprecated_at=on, **changes)


@transaction.atomic
def delete(ai_models: AIModelQuerySet, *, by: User) -> Removal:
    """Delete models with all that hangs on them; those that others refer to are hidden instead."""
    ids = list(ai_models.values_list("pk", flat=True))
    kept = referred_to(ids)
    chosen = AIModel.objects.filter(pk__in=kept)
    names = list(chosen.order_by("key").values_list("key", flat=True))
    if kept:
        hide(chosen, by=by)
    gone = [pk for pk in ids if pk not in kept]
    for start in range(0, len(gone), BATCH):
        AIModel.objects.filter(pk__in=gone[start : start + BATCH]).delete()
    indexing.ring()
    told = {"deleted": len(gone), "ids": gone, "hidden": names}
    audit.note("models.deleted", after=told, by=by)
    return Removal(len(gone), names)


def referred_to(ids: Collection[int]) -> set[int]:
    """Which of these models are another's base or replacement, or stand in a curated collection."""
    found: set[int] = set()
    listed = sorted(ids)
    for start in range(0, len(listed), BATCH):
        chosen = listed[start : start + BATCH]
        for rows, column in (
            (AIModel.objects.exclude(pk__in=chosen), "base_model_id"),
            (AIModel.objects.exclude(pk__in=chosen), "replacement_id"),
            (AIModel.objects.exclude(pk__in=chosen), "license_from_id"),
            (CollectionItem.objects.filter(collection__owner=None), "ai_model_id"),
        ):
            found.update(rows.filter(**{f"{column}__in": chosen}).values_list(column, flat=True))
    return found


def _implied(ai_model: AIModel, changes: dict[str, Any]) -> dict[str, Any]:
    """What follows from a change, where the curator did not say otherwise."""
    implied: dict[str, Any] = {}
    if changes.get("license") and "license_class" not in changes:
        implied["license_class"] = changes["license"].license_class
    if "base_model" in changes and "base_model_names" not in changes:
        base = changes["base_model"]
        implied["base_model_names"] = [base.full_name] if base else []
    return implied


def _popularity(ai_model: AIModel) -> float:
    return provenance.popularity_from(
        {
            "downloads": ai_model.downloads,
            "likes": ai_model.likes,
            "runs": ai_model.runs,
        }
    )


def _column(field: str) -> str:
    return f"{field}_id" if field in provenance.RELATIONS else field


def _first_named(names: Iterable[str]) -> AIModel | None:
    for name in names:
        if found := AIModel.objects.filter(key=name.lower()).first():
            return found
    return None


def _refuse_taken_name(key: str, ai_model: AIModel) -> None:
    taken = AIModel.objects.filter(key=key).exclude(pk=ai_model.pk).first()
    if taken:
        raise NameTaken(f"There is a model {taken} already; choose another name or owner.")


def _keep_former(ids_by_key: dict[str, int]) -> None:
    """A name that several models had leads to the one that had it last."""
    FormerName.objects.bulk_create(
        [FormerName(key=key, ai_model_id=pk) for key, pk in ids_by_key.items()],
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["ai_model"],
        batch_size=BATCH,
    )


def _set_status(ai_models: AIModelQuerySet, *, by: User, **changes: Any) -> int:
    """Set the same on many models and lock it, in a few statements however many there are."""
    by_locks: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for pk, locked in ai_models.values_list("pk", "locked_fields"):
        by_locks[tuple(locked)].append(pk)
    for locks, ids in by_locks.items():
        for start in range(0, len(ids), BATCH):
            AIModel.objects.filter(pk__in=ids[start : start + BATCH]).update(
                locked_fields=sorted({*locks, *changes}), **changes
            )
    count = sum(map(len, by_locks.values()))
    indexing.ring()
    ids = [pk for found in by_locks.values() for pk in found]
    audit.note("models.status_set", after={**changes, "count": count, "ids": ids}, by=by)
    return count
