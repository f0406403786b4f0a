"""Records on their way in, and which of a batch say something new."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias

from catalog.models import Source, SourceRecord

from . import cards, cleaning, reading
from .digests import Digest
from .record import Record, Rejected

Normalise: TypeAlias = Callable[[dict[str, Any], datetime], Record]
# What reading a value of an unforeseen shape ends in.
UNFORESEEN = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Kind:
    """How the records of one source are read."""

    source: Source
    normalise: Normalise
    id_of: Callable[[dict[str, Any]], Any]


class Held(NamedTuple):
    """What is needed of the SourceRecord that we have of a record."""

    pk: int
    ai_model_id: int
    source_id: str
    digest: Digest
    origin: str
    read_at: datetime


@dataclass(slots=True)
class Candidate:
    """A record on its way in. Once it has a problem it goes no further."""

    position: int
    raw: reading.Raw
    value: dict[str, Any] = field(default_factory=dict)
    source_id: str = ""
    card_line: bytes | None = None
    digest: Digest | None = None
    record: Record | None = None
    problem: str = ""

    @classmethod
    def of(cls, position: int, raw: reading.Raw, kind: Kind) -> "Candidate":
        candidate = cls(position, raw, problem=raw.problem)
        if not candidate.problem:
            candidate._parse(kind)
        return candidate

    def _parse(self, kind: Kind) -> None:
        try:
            value = reading.parsed(self.raw.body)
        except (ValueError, RecursionError) as error:
            self.problem = f"It is no JSON: {error}"
            return
        if not isinstance(value, dict):
            self.problem = "It is no JSON object; a record is one, as in {...}."
            return
        source_id = kind.id_of(value)
        self.value = value
        if isinstance(source_id, str):
            self.source_id = cleaning.without_unstorable(source_id, "id", []).strip()

    def normalise(self, kind: Kind, read_at: datetime) -> None:
        """Fill in the record, or the problem that keeps it out."""
        try:
            self.record = kind.normalise(self.value, read_at)
            if self.card_line:
                cards.add(self.record, reading.parsed(self.card_line))
        except Rejected as rejection:
            self.problem = str(rejection)
        except UNFORESEEN as error:
            self.problem = f"It cannot be understood: {type(error).__name__}: {error}"
        else:
            self.record.digest = str(self.digest)


def held(batch: Sequence[Candidate], kind: Kind) -> dict[str, Held]:
    """The rows that we have of these candidates, by source id."""
    rows = SourceRecord.objects.filter(
        source=kind.source, source_id__in=[one.source_id for one in batch if one.source_id]
    ).values_list("pk", "ai_model_id", "source_id", "digest", "origin", "read_at")
    return {
        source_id: Held(pk, ai_model_id, source_id, Digest.parse(digest), origin, read_at)
        for pk, ai_model_id, source_id, digest, origin, read_at in rows
    }


def without_repeated(batch: Sequence[Candidate], rows: dict[str, Held]) -> list[Candidate]:
    """The candidates without a problem; an id that comes twice in an input is one."""
    kept: list[Candidate] = []
    taken: set[str] = set()
    for candidate in batch:
        if candidate.problem:
            continue
        if candidate.source_id in taken or _came_before(candidate, rows.get(candidate.source_id)):
            candidate.problem = "This id came before in the same input; the first one is kept."
            continue
        if candidate.source_id:
            taken.add(candidate.source_id)
        kept.append(candidate)
    return kept


def _came_before(candidate: Candidate, row: Held | None) -> bool:
    """Whether this very input, read by the same rules, gave this id another record."""
    if row is None or candidate.digest is None:
        return False
    mine, other = candidate.digest, row.digest
    is_same_reading = (mine.input, mine.rules) == (other.input, other.rules)
    return is_same_reading and mine.record != other.record


def keep_cards(taken: Sequence[Candidate], rows: dict[str, Held]) -> None:
    """Without card texts in this import, what an earlier one took from them stays."""
    carded = {
        row.pk: (one.record, one.digest.keeping_card_of(row.digest))
        for one in taken
        if (row := rows.get(one.source_id)) and row.digest.has_card and one.record and one.digest
    }
    for pk, values in SourceRecord.objects.filter(pk__in=carded).values_list("pk", "values"):
        record, digest = carded[pk]
        record.digest = str(digest)
        if "summary" in values:
            record.values.setdefault("summary", values["summary"])
            record.notes.append(cards.SUMMARY_NOTE)


def says_new(candidate: Candidate, row: Held | None, *, has_cards: bool) -> bool:
    if row is None or candidate.digest is None:
        return True
    return not candidate.digest.tells_same_as(row.digest, has_cards=has_cards)
