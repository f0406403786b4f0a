"""Collections of people's own, made ready to print."""

from dataclasses import dataclass

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import reach
from accounts.models import Role, User
from accounts.reach import Who
from catalog import cards
from catalog.models import AIModel, Collection, CollectionItem
from catalog.models.collections import MOST_MODELS, MOST_PER_OWNER, NOTE_LIMIT, CollectionQuerySet
from catalog.pages import figures, picks
from catalog.pages.lines import Row

LISTED = Q(ai_models__status__in=AIModel.LISTED)
MOST_LISTED = 200
VISIBILITIES = {"public": _("Public"), "unlisted": _("Unlisted"), "private": _("Private")}
LOOKS = {"public": "good", "unlisted": "warn", "private": ""}
FIRST_LINE = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A collection in a list of several."""

    name: str
    url: str
    line: str
    count: str
    owner: str
    visibility: str
    looks: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    curated: list[Entry]
    others: list[Entry]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    entries: list[Entry]
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    collection: Collection
    owner: str
    description: str
    visibility: str
    looks: str
    rows: list[Row]
    edit_url: str
    feed_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A model of a collection, where its owner arranges it."""

    item: int
    name: str
    url: str
    note: str
    is_first: bool
    is_last: bool
    was_moved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    collection: Collection
    lines: list[Line]
    most: int
    note_limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A collection that a model may be put into, or is in."""

    key: int
    name: str
    visibility: str
    has_it: bool


def listed() -> Listed:
    """Curated ones by name, then what people show to everybody, changed last first."""
    is_curated = Case(When(owner=None, then=0), default=1)
    by_name = Case(When(owner=None, then=F("name")), default=Value(""))
    found = _counted(Collection.objects.public()).order_by(is_curated, by_name, "-updated_at")
    rows = list(found[:MOST_LISTED])
    return Listed(
        curated=[_entry(row) for row in rows if not row.owner],
        others=[_entry(row) for row in rows if row.owner],
    )


def mine(user: User) -> Mine:
    """Their own and those of their organisations, changed last first."""
    found = _counted(Collection.objects.filter(reach.owned_by(user))).order_by("-updated_at")
    return Mine(entries=[_entry(row) for row in found], most=MOST_PER_OWNER)


def shown(collection: Collection, user: Who) -> Shown:
    owner = collection.owner
    name = [owner.get_username() if owner else "", collection.slug]
    is_theirs = owner is not None and reach.may(user, owner, Role.DEVELOPER)
    is_open = collection.visibility in Collection.OPEN
    return Shown(
        collection=collection,
        owner=name[0],
        description=cards.render(collection.description),
        visibility=_visibility(collection),
        looks=LOOKS[collection.visibility],
        rows=picks.rows_of(collection),
        edit_url=reverse("edit_collection", args=name) if is_theirs else "",
        feed_url=reverse("own_collection_feed", args=name) if is_open else "",
    )


def desk(collection: Collection, *, moved: str = "") -> Desk:
    items = list(listed_items(collection).select_related("ai_model__publisher"))
    lines = [
        Line(
            item=item.pk,
            name=item.ai_model.full_name,
            url=item.ai_model.get_absolute_url(),
            note=item.note,
            is_first=at == 0,
            is_last=at == len(items) - 1,
            was_moved=str(item.pk) == moved,
        )
        for at, item in enumerate(items)
    ]
    return Desk(collection=collection, lines=lines, most=MOST_MODELS, note_limit=NOTE_LIMIT)


def listed_items(collection: Collection) -> QuerySet[CollectionItem]:
    """What is hidden by now keeps its place and its note, unseen."""
    return collection.items.filter(ai_model__status__in=AIModel.LISTED)


def choices(user: Who, ai_model: AIModel) -> list[Choice]:
    """Nobody has none, without a query."""
    if not user.is_authenticated:
        return []
    inside = CollectionItem.objects.filter(collection=OuterRef("pk"), ai_model=ai_model)
    found = Collection.objects.changeable_by(user).select_related("owner").order_by("-updated_at")
    return [
        Choice(
            key=row.pk,
            name=row.name if row.owner_id == user.pk else f"{row.owner}: {row.name}",
            visibility=_visibility(row),
            has_it=row.has_it,  # type: ignore[attr-defined]
        )
        for row in found.annotate(has_it=Exists(inside))
    ]


def _counted(found: CollectionQuerySet) -> CollectionQuerySet:
    counted = found.annotate(model_count=Count("ai_models", filter=LISTED))
    return counted.select_related("owner")


def _entry(row: Collection) -> Entry:
    return Entry(
        name=row.name,
        url=row.get_absolute_url(),
        line=row.description.partition("\n")[0][:FIRST_LINE],
        count=figures.whole(row.model_count),  # type: ignore[attr-defined]
        owner=row.owner.get_username() if row.owner else "",
        visibility=_visibility(row),
        looks=LOOKS[row.visibility],
    )


def _visibility(row: Collection) -> str:
    """Its first word: what it means stands where it is chosen."""
    return str(VISIBILITIES[row.visibility])
