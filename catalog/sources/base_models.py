"""Points each model at the one it was made from, once that one is in the catalog."""

from collections.abc import Iterable, Iterator
from itertools import islice

from django.db import transaction
from django.utils import timezone

from catalog.models import AIModel, FormerName

from . import tables

CHUNK = 2_000


def resolve() -> int:
    """Bring every base_model in line with base_model_names. How many models changed.

    The base may have come in an earlier or a later import; a curator's choice stays.
    """
    rows = (
        AIModel.objects.exclude(base_model_names=[], base_model=None)
        .order_by("pk")
        .values_list("pk", "base_model_id", "base_model_names", "locked_fields")
    )
    unlocked = (row[:3] for row in rows.iterator(CHUNK) if "base_model" not in row[3])
    return sum(_resolve(chunk) for chunk in _chunks(unlocked))


def _chunks(
    rows: Iterable[tuple[int, int | None, list[str]]],
) -> Iterator[list[tuple[int, int | None, list[str]]]]:
    iterator = iter(rows)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


@transaction.atomic
def _resolve(rows: list[tuple[int, int | None, list[str]]]) -> int:
    ids = _ids({name.lower() for _, _, names in rows for name in names})
    now = timezone.now()
    changed = [
        (base, now, pk) for pk, held, names in rows if (base := _base(pk, names, ids)) != held
    ]
    tables.update(AIModel, ("base_model_id", "updated_at"), changed)
    return len(changed)


def _base(pk: int, names: list[str], ids: dict[str, int]) -> int | None:
    """The first named base that we have and that is not the model itself."""
    found = (ids.get(name.lower()) for name in names)
    return next((base for base in found if base and base != pk), None)


def _ids(keys: set[str]) -> dict[str, int]:
    """Ids by key; a key without owner is one of the source's own old names."""
    full = {_full(key) for key in keys}
    former = FormerName.objects.filter(key__in=full).values_list("key", "ai_model_id")
    present = AIModel.objects.filter(key__in=full).values_list("key", "pk")
    ids = {**dict(former), **dict(present)}
    return {key: ids[name] for key in keys if (name := _full(key)) in ids}


def _full(key: str) -> str:
    return key if "/" in key else f"huggingface/{key}"
