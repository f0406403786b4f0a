"""What people may ask for with collections of their own, and of their organisations.

Its slug is made of the first name and stays, so that an address that was given out stays good.
"""

from collections.abc import Mapping, Sequence

import structlog
from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now
from django.utils.text import slugify

from accounts import audit
from accounts.models import User
from catalog.models import AIModel, Collection, CollectionItem
from catalog.models.collections import MOST_MODELS, MOST_PER_OWNER

log = structlog.get_logger(__name__)

SLUG_LIMIT = 90


class TooManyCollections(Exception):
    """This owner has as many as one may have."""


class TooManyModels(Exception):
    """This collection holds as many as one may."""


@transaction.atomic
def make(owner: User, *, name: str, description: str, visibility: str) -> Collection:
    """Raises TooManyCollections."""
    # The lock keeps two clicks at once from passing the limit, or taking one slug, together.
    User.objects.select_for_update().get(pk=owner.pk)
    if Collection.objects.filter(owner=owner).count() >= MOST_PER_OWNER:
        raise TooManyCollections
    made = Collection.objects.create(
        owner=owner,
        slug=_free_slug(owner, slugify(name)),
        name=name,
        description=description,
        visibility=visibility,
    )
    audit.note("collection.made", about=made, after=_told(made))
    return made


@transaction.atomic
def change(collection: Collection, *, name: str, description: str, visibility: str) -> None:
    before = _told(collection)
    collection.name, collection.description = name, description
    collection.visibility = visibility
    collection.save()
    if _told(collection) != before:
        audit.note("collection.changed", about=collection, before=before, after=_told(collection))


@transaction.atomic
def delete(collection: Collection) -> None:
    audit.note("collection.deleted", about=collection, before=_told(collection))
    collection.delete()


@transaction.atomic
def hand_over(collection: Collection, owner: User, *, is_limited: bool = True) -> None:
    """To another owner, under a slug that is free there. Raises TooManyCollections."""
    User.objects.select_for_update().get(pk=owner.pk)
    if is_limited and Collection.objects.filter(owner=owner).count() >= MOST_PER_OWNER:
        raise TooManyCollections
    before = _told(collection)
    collection.slug = _free_slug(owner, collection.slug)
    collection.owner = owner
    collection.save()
    audit.note("collection.handed_over", about=collection, before=before, after=_told(collection))


@transaction.atomic
def add(collection: Collection, ai_model: AIModel, *, note: str | None = None) -> CollectionItem:
    """At the end; of one that is in it already, the note alone. Raises TooManyModels."""
    Collection.objects.select_for_update().get(pk=collection.pk)
    item = collection.items.filter(ai_model=ai_model).first()
    if item is None:
        item = CollectionItem(collection=collection, ai_model=ai_model, position=_end(collection))
    if note is not None:
        item.note = note
    item.save()
    _touch(collection)
    return item


@transaction.atomic
def remove(collection: Collection, ai_models: Sequence[int]) -> int:
    """How many of these, by their keys, were in it."""
    gone, _ = collection.items.filter(ai_model__in=ai_models).delete()
    _touch(collection)
    return gone


@transaction.atomic
def write_notes(collection: Collection, notes: Mapping[int, str]) -> None:
    """By the keys of the items."""
    changed = [
        item for item in collection.items.all() if notes.get(item.pk, item.note) != item.note
    ]
    for item in changed:
        item.note = notes[item.pk]
    CollectionItem.objects.bulk_update(changed, ["note"])
    _touch(collection)


@transaction.atomic
def move(collection: Collection, item: CollectionItem, *, to: int) -> None:
    """To this place among those that are shown, the first being 0; what is hidden stays about."""
    Collection.objects.select_for_update().get(pk=collection.pk)
    items = list(collection.items.select_related("ai_model"))
    shown = [one for one in items if one.ai_model.is_listed and one.pk != item.pk]
    rest = [one for one in items if one.pk != item.pk]
    at = rest.index(shown[to]) if to < len(shown) else len(rest)
    _number([*rest[:at], item, *rest[at:]])
    _touch(collection)


def _number(items: Sequence[CollectionItem]) -> None:
    moved = [(at, item) for at, item in enumerate(items) if item.position != at]
    for at, item in moved:
        item.position = at
    CollectionItem.objects.bulk_update([item for _, item in moved], ["position"])


def _end(collection: Collection) -> int:
    if collection.items.count() >= MOST_MODELS:
        raise TooManyModels
    last: int | None = collection.items.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def _touch(collection: Collection) -> None:
    Collection.objects.filter(pk=collection.pk).update(updated_at=Now())


def _free_slug(owner: User, wanted: str) -> str:
    """A name without a letter of the alphabet makes no slug of its own."""
    wanted = wanted[:SLUG_LIMIT].strip("-") or "collection"
    beginning = Collection.objects.filter(owner=owner, slug__startswith=wanted)
    taken = set(beginning.values_list("slug", flat=True))
    slugs = [wanted, *(f"{wanted}-{number}" for number in range(2, MOST_PER_OWNER + 3))]
    return next(slug for slug in slugs if slug not in taken)


def _told(collection: Collection) -> dict[str, str]:
    owner = collection.owner.get_username() if collection.owner else ""
    return {"name": collection.name, "visibility": collection.visibility, "owner": owner}
