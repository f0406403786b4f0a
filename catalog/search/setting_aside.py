"""Finds what an engine does not take, keeps it where a curator sees it, and lets the rest go on."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import structlog
from django.utils import timezone

from catalog.models import AIModel, IndexReject
from catalog.search.documents import Document
from catalog.search.engines import engine, name
from catalog.search.errors import Cause, Rejected, Unavailable

log = structlog.get_logger(__name__)

# When so many are refused and not one is taken, the engine is at fault, not the models.
REFUSED_IN_A_ROW = 20
TRIED_AGAIN_AFTER = timedelta(days=1)
REASON_LIMIT = 2000


def put(generation: Any, rows: Sequence[Document], *, seconds: float) -> dict[int, int]:
    """Put these; returns the version of each that is in, or set aside, as it was read."""
    refused: dict[int, str] = {}
    taken = _put(generation, rows, refused, seconds)
    _note(rows, refused)
    return {row.id: row.version for row in rows if row.id in taken or row.id in refused}


def versions() -> Mapping[int, int]:
    """The version of each model that this engine refused."""
    return dict(IndexReject.objects.filter(engine=name()).values_list("ai_model_id", "version"))


def try_again() -> None:
    """What was refused long ago is stale again: the engine may be another by now."""
    before = timezone.now() - TRIED_AGAIN_AFTER
    refused = IndexReject.objects.filter(engine=name(), tried_at__lt=before)
    AIModel.objects.filter(pk__in=refused.values("ai_model")).update(indexed_as_of=None)


def _put(
    generation: Any, rows: Sequence[Document], refused: dict[int, str], seconds: float
) -> set[int]:
    """The ids that are in. What the engine does not take is cut in half until it stands alone."""
    if not rows:
        return set()
    try:
        engine().put(generation, rows, seconds=seconds)
    except Rejected as error:
        words = str(error)
    else:
        return {row.id for row in rows}
    if len(rows) == 1:
        refused[rows[0].id] = words
        return set()
    middle = len(rows) // 2
    taken = _put(generation, rows[:middle], refused, seconds)
    if not taken and len(refused) >= REFUSED_IN_A_ROW:
        raise Unavailable(f"The engine takes no model at all: {words}", Cause.REFUSED)
    return taken | _put(generation, rows[middle:], refused, seconds)


def _note(rows: Iterable[Document], refused: Mapping[int, str]) -> None:
    known = IndexReject.objects.filter(engine=name())
    taken = [row.id for row in rows if row.id not in refused]
    if taken and known.exists():
        known.filter(ai_model__in=taken).delete()
    versions = {row.id: row.version for row in rows}
    for id, words in refused.items():
        log.warning("the search engine does not take a model", ai_model=id, words=words)
        noted = {"version": versions[id], "reason": words[:REASON_LIMIT] or "It gave no reason."}
        IndexReject.objects.update_or_create(engine=name(), ai_model_id=id, defaults=noted)
