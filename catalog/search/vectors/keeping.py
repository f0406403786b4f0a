"""Keeps vectors in step with the rows: what is stale, in batches, safe to stop and to repeat."""

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog
from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery

from catalog.models import AIModel, LearnedEmbedder, ModelVector
from catalog.models.ai_models import AIModelQuerySet
from catalog.search.errors import Busy
from catalog.search.vectors import matrix, texts
from catalog.search.vectors.interface import (
    STORED,
    Embedder,
    Refused,
    Unavailable,
    sound,
    stored,
)
from catalog.search.vectors.texts import Described

log = structlog.get_logger(__name__)

BATCH = 500
SET_ASIDE = 20  # refused texts of a batch; more than that is not the texts' fault
SHOWN_AFTER = 60.0  # seconds after which a long build's vectors answer before it is done

Report = Callable[[int, int], None]


def described() -> AIModelQuerySet:
    return texts.described(AIModel.objects.listed())


def stale(embedder: Embedder) -> AIModelQuerySet:
    """Models whose vector is missing, of another embedder, or of an older version of the row."""
    return described().filter(
        Q(vector=None)
        | ~Q(vector__embedder=embedder.fingerprint)
        | ~Q(vector__as_of=F("updated_at"))
    )


def bring_in_step(embedder: Embedder, report: Report | None = None) -> int:
    """Make every vector that is missing or of another text; returns how many were looked at.

    Needs build_lock. Raises Unavailable; what was made until then stays.
    """
    expected = stale(embedder).count() if report else 0
    done, shown_at = 0, time.monotonic()
    for batch in _batches(embedder):
        _settle(embedder, batch)
        done += len(batch)
        if report:
            report(done, expected)
        if time.monotonic() - shown_at > SHOWN_AFTER:
            _show(embedder, is_complete=False)
            shown_at = time.monotonic()
    _show(embedder, is_complete=True)
    return done


def remove_old(embedder: Embedder) -> None:
    """What was learned before and answers no more."""
    LearnedEmbedder.objects.exclude(fingerprint=embedder.fingerprint).delete()


@contextmanager
def build_lock() -> Iterator[None]:
    """One at a time makes vectors on this host; released when its holder dies."""
    matrix.folder().mkdir(parents=True, exist_ok=True)
    with (matrix.folder() / "build.lock").open("a") as file:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy("Vectors are being made already; wait until that is done.") from error
        yield


def _batches(embedder: Embedder) -> Iterator[list[Described]]:
    """By their ids, each row once: what cannot be settled now waits for the next time."""
    last = 0
    while True:
        rows = stale(embedder).filter(pk__gt=last).order_by("pk")[:BATCH]
        batch = list(texts.read(rows, with_vocabulary=embedder.reads_vocabulary))
        if not batch:
            return
        yield batch
        last = batch[-1].id


def _settle(embedder: Embedder, batch: list[Described]) -> None:
    known = dict(
        ModelVector.objects.filter(
            pk__in=[model.id for model in batch], embedder=embedder.fingerprint
        ).values_list("pk", "digest")
    )
    same = [model for model in batch if known.get(model.id) == model.digest]
    fresh = [model for model in batch if known.get(model.id) != model.digest]
    vectors = _vectors_of(embedder, fresh)
    with transaction.atomic():
        unchanged = _unchanged(batch)
        _keep(
            embedder,
            [
                (model, vector)
                for model, vector in zip(fresh, vectors, strict=True)
                if model.id in unchanged
            ],
        )
        _note([model.id for model in [*same, *fresh] if model.id in unchanged])


def _unchanged(batch: list[Described]) -> set[int]:
    """Models that are still as they were read; the others wait for the next time. Locks them."""
    read = {model.id: model.as_of for model in batch}
    rows = AIModel.objects.filter(pk__in=read).order_by("pk").select_for_update(skip_locked=True)
    return {id for id, at in rows.values_list("pk", "updated_at") if at == read[id]}


def _keep(embedder: Embedder, made: list[tuple[Described, bytes]]) -> None:
    rows = [
        ModelVector(
            ai_model_id=model.id,
            embedder=embedder.fingerprint,
            as_of=model.as_of,
            digest=model.digest,
            vector=vector,
        )
        for model, vector in made
    ]
    ModelVector.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["ai_model"],
        update_fields=["embedder", "as_of", "digest", "vector"],
    )


def _note(ids: list[int]) -> None:
    """By the database itself: SQLite writes the same moment in several ways, which then differ."""
    written = AIModel.objects.filter(pk=OuterRef("pk")).values("updated_at")
    ModelVector.objects.filter(pk__in=ids).update(as_of=Subquery(written))


def _vectors_of(embedder: Embedder, fresh: list[Described]) -> list[bytes]:
    """As they are stored. Texts that the embedder refuses get none until they change."""
    if not fresh:
        return []
    dimensions, refused = _dimensions(embedder), []

    def made(part: list[Described]) -> list[bytes]:
        try:
            answer = embedder.embed([model.text for model in part])
            return [stored(row) for row in sound(answer, count=len(part), dimensions=dimensions)]
        except Refused as error:
            if len(part) > 1:
                middle = len(part) // 2
                return made(part[:middle]) + made(part[middle:])
            refused.append(part[0].id)
            log.warning("a text was refused", ai_model=part[0].id, reason=str(error))
            if len(refused) > SET_ASIDE:
                raise Unavailable(str(error)) from error
            return [b""]

    return made(fresh)


def _dimensions(embedder: Embedder) -> int | None:
    """Of the vectors that this embedder made before."""
    rows = ModelVector.objects.filter(embedder=embedder.fingerprint).exclude(vector=b"")
    first = rows.values_list("vector", flat=True).first()
    return len(first) // STORED.itemsize if first else None


def _show(embedder: Embedder, *, is_complete: bool) -> None:
    """Let searches use what was made. Those of another embedder answer until all are made."""
    shown = matrix.current()
    if shown and shown.embedder != embedder.fingerprint and not is_complete:
        return
    matrix.write_if_changed(embedder.fingerprint)
