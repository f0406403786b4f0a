"""An import from its first byte to its last: the input, the run, and what is done at the end."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from catalog import inheritance, statistics
from catalog.models import ImportRun, Source
from catalog.search import indexing

from . import (
    base_models,
    copies,
    daily_runs,
    huggingface,
    jsonl,
    live,
    reading,
    replicate,
    tables,
    vocabularies,
    workers_ai,
)
from .candidates import Kind
from .cards import CardFile
from .intake import Counts, Intake

KINDS = {
    "huggingface": Kind(Source.HUGGINGFACE, huggingface.normalise, huggingface.id_of),
    "jsonl": Kind(Source.HUGGINGFACE, jsonl.normalise, jsonl.id_of),
    "replicate": Kind(Source.REPLICATE, replicate.normalise, replicate.id_of),
    "workers-ai": Kind(Source.WORKERS_AI, workers_ai.normalise, workers_ai.id_of),
}
# A live listing moves on: where an unfinished run of it stood means little the next day.
LIVE_RUN_LASTS = timedelta(days=1)


@dataclass(slots=True)
class Order:
    """What to import, and how."""

    source: str
    location: str
    cards: Path | None = None
    stats: Path | None = None
    limit: int | None = None
    read_at: datetime | None = None


@dataclass(slots=True)
class Stage:
    """How far an import is. `done` and `size` are bytes of the input; size 0 is not known."""

    name: str
    done: int = 0
    size: int = 0
    counts: Counts = field(default_factory=Counts)


@dataclass(slots=True)
class Outcome:
    counts: Counts
    carried_on_from: int
    daily_runs: int = 0


Report = Callable[[Stage], None]


def carry_out(order: Order, report: Report) -> Outcome:
    """Import, carrying on where an unfinished run of the same input stopped.

    Raises Unreadable where the input ends before its time: what came before is in the catalog.
    """
    tables.make_room()
    vocabularies.load()
    if live.is_address(order.location):
        return _from_live(order, report)
    return _from_files(order, report)


def _from_files(order: Order, report: Report) -> Outcome:
    source = reading.Input(order.location)
    run = _run(order, source.fingerprint)
    skipped = run.position
    with ExitStack() as stack:
        intake = Intake(run, KINDS[order.source], order.read_at or _written_at(source))
        intake.input_name = source.fingerprint or intake.input_name
        if order.cards:
            intake.card_file = stack.enter_context(CardFile())
            _fill(intake.card_file, order.cards, report)
        stage = Stage("models", size=source.size)

        def progress(counts: Counts) -> None:
            stage.done, stage.counts = source.bytes_read, counts
            report(stage)

        intake.progress = progress
        intake.take(islice(source.records(), skipped, order.limit))
    return _finish(order, intake, skipped, order.stats or source.stats, report)


def _from_live(order: Order, report: Report) -> Outcome:
    run = _run(order, order.location)
    skipped = run.position
    intake = Intake(run, KINDS[order.source], order.read_at or timezone.now())
    stage = Stage("models")

    def progress(counts: Counts) -> None:
        stage.counts = counts
        report(stage)

    intake.progress = progress
    for page in live.pages(run.cursor or order.location, _token(order)):
        left = None if order.limit is None else max(order.limit - run.position, 0)
        intake.take(page.records[:left])
        stage.done += page.size
        run.cursor = page.following
        run.save(update_fields=["cursor"])
        if order.limit is not None and run.position >= order.limit:
            break
    return _finish(order, intake, skipped, order.stats, report)


def _run(order: Order, input_name: str) -> ImportRun:
    """The unfinished run of the same order, or a new one. What has no name is always new."""
    asked = f"{input_name} {order.source} {order.cards} {order.limit} {order.read_at}"
    fingerprint = sha256(asked.encode()).hexdigest() if input_name else ""
    runs = ImportRun.objects.filter(fingerprint=fingerprint, finished_at=None)
    if live.is_address(order.location):
        runs = runs.filter(started_at__gt=timezone.now() - LIVE_RUN_LASTS)
    unfinished = runs.first() if fingerprint else None
    return unfinished or ImportRun.objects.create(
        source=KINDS[order.source].source, location=order.location[:500], fingerprint=fingerprint
    )


def _finish(
    order: Order, intake: Intake, skipped: int, stats: Path | None, report: Report
) -> Outcome:
    """What needs all records: families, daily counts; then the run is over."""
    report(Stage("families", counts=intake.counts))
    base_models.resolve()
    inheritance.settle()
    copies.resolve()
    outcome = Outcome(intake.counts, skipped)
    if stats and order.source == "replicate":
        report(Stage("daily runs", counts=intake.counts))
        outcome.daily_runs = daily_runs.load(stats)
    indexing.ring()
    intake.run.finished_at = timezone.now()
    intake.run.save(update_fields=["finished_at"])
    statistics.refresh()
    return outcome


def _written_at(source: reading.Input) -> datetime:
    """When a file was written is when its content was so; standard input is now."""
    return datetime.fromtimestamp(source.newest, UTC) if source.newest else timezone.now()


def _fill(card_file: CardFile, path: Path, report: Report) -> None:
    source = reading.Input(str(path))
    stage = Stage("cards", size=source.size)

    def lines() -> Iterator[tuple[str, bytes]]:
        for number, raw in enumerate(source.records()):
            if number % 2_000 == 0:
                stage.done = source.bytes_read
                report(stage)
            yield from _card_line(raw)

    card_file.fill(lines())


def _card_line(raw: reading.Raw) -> Iterable[tuple[str, bytes]]:
    """The id and the line of a card; a line that is none is passed over."""
    if raw.problem or not isinstance(raw.body, bytes):
        return
    try:
        value = reading.parsed(raw.body)
    except (ValueError, RecursionError):
        return
    if isinstance(value, dict) and isinstance(value.get("id"), str):
        yield value["id"], raw.body


def _token(order: Order) -> str:
    """The token for the host that is asked; no other host gets one."""
    tokens = {
        "api.replicate.com": settings.REPLICATE_API_TOKEN,
        "huggingface.co": settings.HF_TOKEN,
    }
    return tokens.get(urlsplit(order.location).hostname or "", "")
