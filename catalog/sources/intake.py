"""Takes records in batch by batch, so that an import can be killed at any moment.

How far a run came is committed together with the batch that brought it there.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import islice

from django.db import DataError, IntegrityError, reset_queries, transaction

from catalog.models import ImportRun

from . import batches, candidates, digests, reading, rejects
from .candidates import Candidate, Held, Kind
from .cards import CardFile
from .digests import Digest

BATCH = 1_000
# What a database or its driver raises about a value; anything else is not the record's fault.
POISON = (DataError, IntegrityError, OverflowError, ValueError, TypeError)


@dataclass(slots=True)
class Counts:
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0

    def add(self, other: "Counts") -> None:
        self.created += other.created
        self.changed += other.changed
        self.unchanged += other.unchanged
        self.rejected += other.rejected

    @property
    def total(self) -> int:
        return self.created + self.changed + self.unchanged + self.rejected


@dataclass(slots=True)
class Intake:
    """One run's way in. `progress` is called after every batch."""

    run: ImportRun
    kind: Kind
    read_at: datetime
    card_file: CardFile | None = None
    progress: Callable[[Counts], None] = lambda _: None
    counts: Counts = field(default_factory=Counts)
    # Tells two records of one id in one input from two in different ones.
    input_name: str = ""

    def __post_init__(self) -> None:
        self.input_name = f"run {self.run.pk}"

    def take(self, raws: Iterable[reading.Raw]) -> None:
        """Write these records, batch after batch.

        Raises Unreadable where the input ends before its time; what came before is written.
        """
        rest = iter(raws)
        cut: list[reading.Unreadable] = []
        while batch := self._batch(rest, cut):
            self._commit(batch)
        for unreadable in cut:
            raise unreadable

    def _batch(self, raws: Iterator[reading.Raw], cut: list[reading.Unreadable]) -> list[Candidate]:
        batch: list[Candidate] = []
        try:
            for position, raw in enumerate(islice(raws, BATCH), self.run.position + 1):
                batch.append(Candidate.of(position, raw, self.kind))
        except reading.Unreadable as unreadable:
            cut.append(unreadable)
        return batch

    def _commit(self, batch: list[Candidate]) -> None:
        self._digest(batch)
        with transaction.atomic():
            counts = self._write(batch)
            self.run.position = batch[-1].position
            for name, count in asdict(counts).items():
                setattr(self.run, name, getattr(self.run, name) + count)
            self.run.save()
        reset_queries()  # with DEBUG every statement is kept, and these are long
        self.counts.add(counts)
        self.progress(self.counts)

    def _digest(self, batch: list[Candidate]) -> None:
        ids = [one.source_id for one in batch if one.source_id]
        lines = self.card_file.lines(ids) if self.card_file else {}
        of_input = digests.of_input(self.input_name)
        for candidate in batch:
            candidate.card_line = lines.get(candidate.source_id)
            candidate.digest = Digest(
                record=digests.of_record(candidate.raw.body),
                card=digests.of_card(candidate.card_line),
                rules=digests.of_rules(),
                input=of_input,
            )

    def _write(self, batch: list[Candidate]) -> Counts:
        """Write a batch, in halves of halves if need be, so that one record fails alone."""
        try:
            with transaction.atomic():
                return self._write_whole(batch)
        except POISON as error:
            if len(batch) == 1:
                batch[0].problem = f"The database refuses it: {error}"
                return self._write_whole(batch)
        middle = len(batch) // 2
        counts = self._write(batch[:middle])
        counts.add(self._write(batch[middle:]))
        return counts

    def _write_whole(self, batch: list[Candidate]) -> Counts:
        rows = candidates.held(batch, self.kind)
        kept = candidates.without_repeated(batch, rows)
        fresh = [one for one in kept if self._is_news(one, rows.get(one.source_id))]
        for candidate in fresh:
            candidate.normalise(self.kind, self.read_at)
        taken = [one for one in fresh if not one.problem and not _is_older(one, rows)]
        if self.card_file is None:
            candidates.keep_cards(taken, rows)
        created = batches.write([one.record for one in taken if one.record])
        self._note_seen(kept, rows)
        refused = [one for one in batch if one.problem]
        rejects.keep(self.run, refused)
        return Counts(
            created=created,
            changed=len(taken) - created,
            unchanged=len(batch) - len(taken) - len(refused),
            rejected=len(refused),
        )

    def _is_news(self, candidate: Candidate, row: Held | None) -> bool:
        return candidates.says_new(candidate, row, has_cards=self.card_file is not None)

    def _note_seen(self, kept: list[Candidate], rows: dict[str, Held]) -> None:
        """What says the same at a later time was seen then; a listing's date stays its own."""
        same = [rows[one.source_id] for one in kept if one.source_id in rows and not one.record]
        seen = [row for row in same if not row.origin and row.read_at < self.read_at]
        batches.mark_seen([(row.pk, row.ai_model_id) for row in seen], self.read_at)


def _is_older(candidate: Candidate, rows: dict[str, Held]) -> bool:
    """Whether we hold a newer word of the same source; that stays."""
    row = rows.get(candidate.source_id)
    return bool(row and candidate.record and candidate.record.read_at < row.read_at)
