"""Keeps the search index in step with the rows: doorbell, sweep, comparison, rebuild."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

import structlog
from celery import current_app
from django.core.cache import cache
from django.db import transaction
from django.db.models import F
from kombu.exceptions import OperationalError

from catalog.models import AIModel, IndexCheck
from catalog.search import documents, setting_aside
from catalog.search.documents import Document, version_of
from catalog.search.engines import Generation, engine, name
from catalog.search.errors import Busy, Cause, Unavailable

log = structlog.get_logger(__name__)

BATCH = 5000
CHUNK = 5000
SWEEP_SECONDS = 20.0
PATIENCE = 600.0  # for one batch of a rebuild or a comparison
TROUBLE, TROUBLE_KEPT = "search-index-trouble", 60  # seconds
REST = 10.0  # seconds after a rebuild that failed, before a sweep tries another
LISTED = (AIModel.Status.LISTED, AIModel.Status.DEPRECATED)
LEAST_SHARE = 0.98
SAMPLES = 20
ID_LIMIT = 2**63 - 1
SWEEP_TASK = "catalog.tasks.index_stale_models"

Report = Callable[[int, int], None]

_resting_until = 0.0
_told: Cause | None = None  # what the last sweep said of an engine that was not there


class RebuildFailed(Exception):
    """The new index does not hold what it should; the old one stays."""


@dataclass
class Drift:
    """How the index differed from the database before it was repaired."""

    missing: int = 0
    outdated: int = 0
    extra: int = 0

    @property
    def total(self) -> int:
        return self.missing + self.outdated + self.extra


def ring() -> None:
    """Ask for a sweep once the rows are committed. A lost ring is made good by the next sweep."""
    transaction.on_commit(_send, robust=True)


def sweep() -> int:
    """Bring changed rows into the index, batch after batch for a while; returns how many.

    Rebuilds when there is no index or when the code would fill it differently today.
    """
    try:
        done = _follow()
    except Busy:
        return 0
    except Unavailable as error:
        _tell(error)
        return 0
    _tell(None)
    return done


def wake() -> None:
    """Forget what went wrong before."""
    global _resting_until, _told
    _resting_until, _told = 0.0, None


def check() -> Drift:
    """Compare (id, version) of database and index, and repair what differs."""
    setting_aside.try_again()
    with engine().write_lock():
        generation = engine().current()
        engine().settle(generation, seconds=PATIENCE)
        drift = _repair(generation, but_for=setting_aside.versions())
    _remember(drift)
    _note_indexed()
    _remove_old_unless_busy()
    return drift


def check_unless_busy() -> None:
    """The same from beat: a missing index is the sweep's business, a busy one is fine for now."""
    with suppress(Busy, Unavailable):
        drift = check()
        if drift.total:
            log.warning("the search index had drifted", **vars(drift))


def rebuild(report: Report | None = None) -> int:
    """Fill a second index, check it, swap, and replay what changed meanwhile.

    Returns how many models it holds. Raises Busy while another rebuild runs, and
    RebuildFailed, with the old index still in place, when the new one is not whole.
    """
    with engine().rebuild_lock():
        engine().remove_old()
        generation = engine().start()
        try:
            _fill(generation, report)
        except BaseException:
            with suppress(Busy, Unavailable):  # The next run removes what this one cannot.
                engine().remove(generation)
            raise
    _note_indexed()
    return engine().count(engine().current())


def status() -> dict[str, object]:
    """For the status page: what the index holds and how far it is behind."""
    known: dict[str, object] = {
        "engine": name(),
        "stale": AIModel.objects.stale_in_index().count(),
        "check": IndexCheck.objects.filter(engine=name()).first(),
        "set_aside": len(setting_aside.versions()),
        "trouble": cache.get(TROUBLE),
    }
    try:
        return {**known, "is_available": True, **engine().facts()}
    except Unavailable as error:
        return {**known, "is_available": False, "reason": str(error), "cause": error.cause}


def _send() -> None:
    try:
        current_app.send_task(SWEEP_TASK)
    except OperationalError:
        log.info("the queue is down; the index follows with the next sweep")


def _follow() -> int:
    try:
        generation = engine().current()
        engine().count(generation)  # notices a broken index though nothing waits to be written
        is_fit = not generation.is_damaged and generation.is_up_to_date
    except Unavailable as error:
        if not error.is_mended_by_rebuilding:
            raise
        log.warning("the search index is rebuilt", reason=str(error))
        return _rebuild_in_the_background()
    return _sweep_for(SWEEP_SECONDS) if is_fit else _rebuild_or_go_on()


def _rebuild_or_go_on() -> int:
    """An older index answers, and follows the rows, until there is a new one."""
    try:
        return _rebuild_in_the_background()
    except Busy:
        return _sweep_for(SWEEP_SECONDS)


def _rebuild_in_the_background() -> int:
    """Not over and over when it fails: each try costs the engine as much as a good one."""
    global _resting_until  # noqa: PLW0603 one memory a process is the point
    if time.monotonic() < _resting_until:
        raise Busy("The last rebuild failed a moment ago.")
    try:
        return rebuild()
    except RebuildFailed as error:
        _resting_until = time.monotonic() + REST
        raise Unavailable(str(error), Cause.REFUSED) from error
    except Unavailable as error:
        if error.cause in (Cause.FULL, Cause.REFUSED):
            _resting_until = time.monotonic() + REST
        raise


def _sweep_for(seconds: float) -> int:
    until = time.monotonic() + seconds
    total = 0
    while time.monotonic() < until:
        with engine().write_lock(seconds=0):
            generation = engine().current()
            # What an earlier sweep sent and did not see done is not sent again.
            engine().settle(generation, seconds=seconds)
            done = _sweep_batch(generation, seconds=seconds)
        total += done
        if done < BATCH:
            break
    return total


def _sweep_batch(generation: Generation, *, seconds: float) -> int:
    stale = AIModel.objects.stale_in_index().order_by("pk")
    seen = {
        id: (version_of(updated_at), row_status in LISTED)
        for id, updated_at, row_status in stale.values_list("pk", "updated_at", "status")[:BATCH]
    }
    held = engine().versions_of(generation, list(seen))
    changed = [id for id, (version, listed) in seen.items() if listed and held.get(id) != version]
    gone = [id for id, (_, listed) in seen.items() if not listed and id in held]
    put = _put(generation, changed, gone, seconds=seconds)
    settled = {id: version for id, (version, _) in seen.items() if id not in changed}
    _note(settled | put)
    return len(seen)


def _put(
    generation: Generation, changed: list[int], gone: list[int], *, seconds: float
) -> dict[int, int]:
    """Returns the version of each model as it was put, or set aside."""
    rows = list(documents.read(AIModel.objects.filter(pk__in=changed).still_listed()))
    if gone:
        engine().put(generation, [], gone, seconds=seconds)
    return setting_aside.put(generation, rows, seconds=seconds)


def _note(versions: dict[int, int]) -> None:
    """Note the versions that the index holds now: a row saved meanwhile stays stale."""
    with transaction.atomic():
        rows = AIModel.objects.filter(pk__in=versions).order_by("pk")
        found = rows.select_for_update(skip_locked=True).values_list("pk", "updated_at")
        same = [id for id, updated_at in found if versions[id] == version_of(updated_at)]
        AIModel.objects.filter(pk__in=same).update(indexed_as_of=F("updated_at"))


def _note_indexed() -> None:
    """Note all rows that the index holds already, and bring in the rest."""
    with suppress(Busy):
        while _sweep_for(SWEEP_SECONDS) >= BATCH:
            pass


def _fill(generation: Generation, report: Report | None) -> None:
    expected = AIModel.objects.listed().count()
    samples = _samples(expected)
    engine().fill(generation, _all_documents(expected, report))
    with engine().write_lock():
        _repair(generation, but_for={})
        _check_whole(generation, expected, samples)
        engine().make_current(generation)


def _samples(count: int) -> dict[int, str]:
    """Models out of all parts of the catalog, by id, with the keys that find them."""
    keys = AIModel.objects.listed().order_by("pk").values_list("pk", "key")
    return dict(keys[:: max(count // SAMPLES, 1)])


def _check_whole(generation: Generation, before: int, samples: Mapping[int, str]) -> None:
    """Whether the count fits, and what was there all the while is found by its name."""
    listed = AIModel.objects.listed()
    aside = setting_aside.versions()
    expected, held = min(listed.count(), before) - len(aside), engine().count(generation)
    if held < expected * LEAST_SHARE:
        raise RebuildFailed(f"The new index holds {held} of {expected} models; the old one stays.")
    there = listed.filter(pk__in=samples).exclude(pk__in=aside).values_list("pk", "key")
    for id, key in there:
        if samples[id] == key and engine().id_of(generation, key) != id:
            raise RebuildFailed(f"The new index does not find {key}; the old one stays.")


def _all_documents(expected: int, report: Report | None) -> Iterator[Document]:
    """Every listed model, by its id, a chunk at a time, so that no read is long."""
    last, done = 0, 0
    while True:
        rows = AIModel.objects.filter(pk__gt=last).still_listed().order_by("pk")[:CHUNK]
        chunk = list(documents.read(rows))
        yield from chunk
        done += len(chunk)
        if report:
            report(done, expected)
        if len(chunk) < CHUNK:
            return
        last = chunk[-1].id


def _repair(generation: Generation, *, but_for: Mapping[int, int]) -> Drift:
    """Make a generation hold just the listed rows in their present versions. Needs write_lock.

    `but_for`: the versions of models that the engine is known not to take.
    """
    drift = Drift()
    last = 0
    while True:
        rows = AIModel.objects.filter(pk__gt=last).still_listed().order_by("pk")
        listed = {id: version_of(at) for id, at in rows.values_list("pk", "updated_at")[:CHUNK]}
        is_end = len(listed) < CHUNK
        end = ID_LIMIT if is_end else max(listed)
        held = engine().versions_between(generation, last + 1, end)
        wanted = {id: at for id, at in listed.items() if but_for.get(id) != at}
        _repair_chunk(generation, wanted, held, drift)
        if is_end:
            return drift
        last = end


def _repair_chunk(
    generation: Generation, listed: dict[int, int], held: dict[int, int], drift: Drift
) -> None:
    missing = [id for id in listed if id not in held]
    outdated = [id for id in listed if id in held and held[id] != listed[id]]
    extra = [id for id in held if id not in listed]
    drift.missing += len(missing)
    drift.outdated += len(outdated)
    drift.extra += len(extra)
    _put(generation, [*missing, *outdated], extra, seconds=PATIENCE)


def _remember(drift: Drift) -> None:
    found = {"missing": drift.missing, "outdated": drift.outdated, "extra": drift.extra}
    before = IndexCheck.objects.filter(engine=name()).values_list("repaired", flat=True).first()
    IndexCheck.objects.update_or_create(
        engine=name(), defaults={**found, "repaired": (before or 0) + drift.total}
    )


def _tell(error: Unavailable | None) -> None:
    """In the log once, rather than with each sweep; for the status page as long as it lasts."""
    global _told  # noqa: PLW0603
    cause = error.cause if error else None
    if error:
        cache.set(TROUBLE, str(error.cause), timeout=TROUBLE_KEPT)
    if cause != _told and error:
        log.warning("the search index does not follow the catalog for now", reason=str(error))
    elif cause != _told:
        cache.delete(TROUBLE)
        log.info("the search index follows the catalog again")
    _told = cause


def _remove_old_unless_busy() -> None:
    with suppress(Busy), engine().rebuild_lock():
        engine().remove_old()
