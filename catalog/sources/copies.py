"""Points each converted or re-uploaded copy at its original, so that listings show them as one.

A copy has the original's name but for the marks of a conversion, or is what its source calls a
quantised form of it. What was trained further, or made for another purpose, is no copy: it has
another name, or its source says so. When in doubt a model stands alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from catalog.conversions import ALTERED, parted
from catalog.models import AIModel
from catalog.search import indexing
from catalog.search.meaning import meanings
from catalog.search.words import joined, words

from . import tables

CHUNK = 2_000
NOTED_AS = "copies-resolved-as-of"
LONGEST_CHAIN = 5  # copies of copies
MOST_NAMESAKES = 30  # a name that more people gave is a tutorial's, not a model's
WELL_KNOWN = 4.0  # popularity from which somebody else's model of the same name is a re-upload
UNLISTED = [status for status in AIModel.Status if status not in AIModel.LISTED]
OTHER_PURPOSE = frozenset({AIModel.BaseRelation.ADAPTER, AIModel.BaseRelation.MERGE})
COLUMNS = (
    "pk",
    "name",
    "publisher__key",
    "task_id",
    "parameters",
    "popularity",
    "base_model_id",
    "base_relation",
    "original_id",
)


@dataclass(slots=True)
class Model:
    """What telling copies from originals needs of a row."""

    pk: int
    words: list[str]  # of the name, without the marks of a conversion
    core: str  # these run together
    owner: str
    is_converted: bool
    task: str | None
    parameters: int | None
    popularity: float
    base: int | None
    relation: str
    held: int | None  # the original as it is noted now


def resolve() -> int:
    """Bring every model's original in line with names and bases. How many models changed."""
    found = {row[0]: _model(*row) for row in _rows()}
    namesakes = _namesakes(found.values())
    parents = {pk: _parent(model, found, namesakes) for pk, model in found.items()}
    locked = _locked()
    changed = [
        (original, pk)
        for pk, model in found.items()
        if (original := _root(pk, parents)) != model.held and pk not in locked
    ]
    return _write([*changed, *_no_longer_listed()])


def resolve_if_changed() -> None:
    """The same from beat: what curators changed since the last time finds its group."""
    newest = AIModel.objects.aggregate(at=Max("updated_at"))["at"]
    if newest is None or cache.get(NOTED_AS) == newest:
        return
    changed = resolve()
    cache.set(NOTED_AS, newest, None)
    if changed:
        indexing.ring()


def _rows() -> Iterator[tuple[Any, ...]]:
    rows = AIModel.objects.order_by().exclude(status__in=UNLISTED).values_list(*COLUMNS)
    return rows.iterator(CHUNK)


def _locked() -> set[int]:
    """Models whose original a curator chose."""
    rows = AIModel.objects.order_by().exclude(locked_fields=[])
    return {pk for pk, fields in rows.values_list("pk", "locked_fields") if "original" in fields}


def _model(
    pk: int,
    name: str,
    owner: str,
    task: str | None,
    parameters: int | None,
    popularity: float,
    base: int | None,
    relation: str,
    held: int | None,
) -> Model:
    spelled, is_converted = parted(name)
    core = joined(spelled)
    return Model(
        pk, spelled, core, owner, is_converted, task, parameters, popularity, base, relation, held
    )


def _namesakes(models: Iterable[Model]) -> dict[str, list[Model]]:
    """Models that are no conversions, by their name run together; the best known one first."""
    found: defaultdict[str, list[Model]] = defaultdict(list)
    for model in models:
        if model.core and not model.is_converted:
            found[model.core].append(model)
    for same in found.values():
        same.sort(key=lambda model: (-model.popularity, model.pk))
    return found


def _parent(
    model: Model, models: dict[int, Model], namesakes: dict[str, list[Model]]
) -> int | None:
    """The next model on the way to the original, if this is a copy at all."""
    base = models.get(model.base or 0)
    if base is None:
        return _namesake(model, namesakes)
    if model.core in (base.core, joined(words(base.owner)) + base.core):
        return None if model.relation in OTHER_PURPOSE else base.pk
    return base.pk if _is_quantised_form(model, base) else None


def _is_quantised_form(model: Model, base: Model) -> bool:
    """By what its source says, unless the name speaks of another model."""
    if model.relation != AIModel.BaseRelation.QUANTIZED or not model.is_converted:
        return False
    if ALTERED.intersection(model.words) - set(base.words):
        return False
    return bool(base.core and model.core) and (base.core in model.core or model.core in base.core)


def _namesake(model: Model, namesakes: dict[str, list[Model]]) -> int | None:
    """By the name alone, when no base is known."""
    same = namesakes.get(model.core, [])
    if model.relation in OTHER_PURPOSE or not 0 < len(same) <= MOST_NAMESAKES:
        return None
    best = same[0]
    if best.pk == model.pk or not _agree(best, model):
        return None
    is_reupload = best.popularity >= WELL_KNOWN and not _is_what_a_task_is_called(tuple(best.words))
    return best.pk if model.is_converted or is_reupload else None


@lru_cache(maxsize=4096)
def _is_what_a_task_is_called(spelled: tuple[str, ...]) -> bool:
    """As in sentiment-analysis, which says what a model does and not which it is."""
    said = set(range(len(spelled)))
    return any(said <= meaning.covered for meaning in meanings(list(spelled)))


def _agree(one: Model, other: Model) -> bool:
    """Whether nothing that is known of both speaks against their being the same."""
    if one.task and other.task and one.task != other.task:
        return False
    if other.is_converted or not (one.parameters and other.parameters):
        return True
    return 0.8 < one.parameters / other.parameters < 1.25


def _root(pk: int, parents: dict[int, int | None]) -> int | None:
    """The end of the chain; none where it turns in a circle or does not end in a few steps."""
    at = parents[pk]
    for _ in range(LONGEST_CHAIN):
        if at is None or at == pk:
            return None
        following = parents.get(at)
        if following is None:
            return at
        at = following
    return None


def _no_longer_listed() -> Iterator[tuple[None, int]]:
    """What nobody sees belongs to no group."""
    rows = AIModel.objects.filter(status__in=UNLISTED).exclude(original=None)
    return ((None, pk) for pk in rows.values_list("pk", flat=True))


def _write(changed: Iterable[tuple[int | None, int]]) -> int:
    iterator, count = iter(changed), 0
    while chunk := list(islice(iterator, CHUNK)):
        now = timezone.now()
        with transaction.atomic():
            rows = [(original, now, pk) for original, pk in chunk]
            tables.update(AIModel, ("original_id", "updated_at"), rows)
        count += len(chunk)
    return count
