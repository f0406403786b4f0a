"""Reads an input record by record and writes batches, so that it can be killed at any moment.

How far a run came is committed together with the batch that brought it there.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, TypeAlias

import orjson
from django.db import DataError, IntegrityError, transaction

from catalog.models import ImportReject, ImportRun, Source, SourceRecord

from . import batches, cleaning, reading
from .record import Record, Rejected

BATCH = 1_000
LONGEST_REJECT = 10_000
# What a database or its driver raises about a value; anything else is not the record's fault.
POISON = (DataError, IntegrityError, OverflowError, ValueError, TypeError)


Normalise: TypeAlias = Callable[[dict[str, Any], datetime], Record]


@dataclass(slots=True)
class Candidate:
    """A record on its way in."""

    position: int
    raw: reading.Raw
    value: dict[str, Any] | None = None
    digest: str = ""
    record: Record | None = None
    problem: str = ""


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


@dataclass(slots=True)
class Import:
    """One run over one input. `progress` is called after every batch."""

    run: ImportRun
    normalise: Normalise
    source: Source
    read_at: datetime
    progress: Callable[["Import"], None] = lambda _: None
    counts: Counts = field(default_factory=Counts)

    def take(self, raws: Iterable[reading.Raw]) -> None:
        """Write what was not written by an earlier run of the same input."""
        rest = islice(raws, self.run.position, None)
        numbered = (
            Candidate(position, raw) for position, raw in enumerate(rest, self.run.position + 1)
        )
        for batch in _batches(numbered):
            self._commit(batch)
            self.progress(self)

    def _commit(self, batch: list[Candidate]) -> None:
        for candidate in batch:
            _parse(candidate)
        with transaction.atomic():
            counts = self._write(batch)
            self.run.position = batch[-1].position
            for name in ("created", "changed", "unchanged", "rejected"):
                setattr(self.run, name, getattr(self.run, name) + getattr(counts, name))
            self.run.save()
        self.counts.add(counts)

    def _write(self, batch: list[Candidate]) -> Counts:
        """Write a batch in halves of halves if need be, so that one record fails alone."""
        try:
            with transaction.atomic():
                return self._write_whole(batch)
        except POISON as error:
            if len(batch) == 1:
                batch[0].problem = f"The database refuses it: {error}"[:500]
                return self._write_whole(batch)
        middle = len(batch) // 2
        counts = self._write(batch[:middle])
        counts.add(self._write(batch[middle:]))
        return counts

    def _write_whole(self, batch: list[Candidate]) -> Counts:
        held = self._held(batch)
        fresh: list[Candidate] = []
        for candidate in batch:
            if candidate.problem:
                continue
            known = held.get(_id_of(candidate.value))
            if known != candidate.digest:
                self._normalise(candidate)
                if candidate.record:
                    fresh.append(candidate)
        created = batches.write([one.record for one in fresh if one.record]) if fresh else 0
        rejected = [one for one in batch if one.problem]
        self._keep_rejects(rejected)
        return Counts(
            created=created,
            changed=len(fresh) - created,
            unchanged=len(batch) - len(fresh) - len(rejected),
            rejected=len(rejected),
        )

    def _held(self, batch: list[Candidate]) -> dict[str, str]:
        """The digests that we hold of these records, by source id."""
        ids = [_id_of(candidate.value) for candidate in batch if candidate.value]
        rows = SourceRecord.objects.filter(source=self.source, source_id__in=ids)
        return dict(rows.values_list("source_id", "digest"))

    def _normalise(self, candidate: Candidate) -> None:
        try:
            candidate.record = self.normalise(candidate.value or {}, self.read_at)
        except Rejected as rejection:
            candidate.problem = str(rejection)
        else:
            candidate.record.digest = candidate.digest

    def _keep_rejects(self, rejected: Sequence[Candidate]) -> None:
        ImportReject.objects.bulk_create(
            [self._reject(candidate) for candidate in rejected], ignore_conflicts=True
        )

    def _reject(self, candidate: Candidate) -> ImportReject:
        body = candidate.raw.body
        text = body.decode("utf-8", "replace") if isinstance(body, bytes) else json.dumps(body)
        return ImportReject(
            run=self.run,
            source=self.source,
            position=candidate.position,
            source_id=_id_of(candidate.value)[:300],
            reason=candidate.problem[:500],
            text=cleaning.without_unstorable(text[:LONGEST_REJECT], "text", []),
            digest=candidate.digest,
        )


def _batches(candidates: Iterator[Candidate]) -> Iterator[list[Candidate]]:
    while batch := list(islice(candidates, BATCH)):
        yield batch


def _parse(candidate: Candidate) -> None:
    raw = candidate.raw
    candidate.digest = reading.digest_of(raw)
    if raw.problem:
        candidate.problem = raw.problem
        return
    try:
        value = parsed(raw.body)
    except (ValueError, RecursionError) as error:
        candidate.problem = f"It is no JSON: {error}"[:500]
        return
    if not isinstance(value, dict):
        candidate.problem = "It is no JSON object; a record is one, as in {...}."
        return
    candidate.value = value


def parsed(body: bytes | dict[str, Any]) -> Any:
    """The JSON of a line, also as people write it: control characters, lone surrogates, bad UTF-8.

    Raises ValueError or RecursionError for what is no JSON.
    """
    if not isinstance(body, bytes):
        return body
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return json.loads(body.decode("utf-8", "replace"), strict=False)


def _id_of(value: dict[str, Any] | None) -> str:
    found = (value or {}).get("id")
    return found if isinstance(found, str) else ""
