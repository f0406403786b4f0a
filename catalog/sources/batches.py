"""Writes a batch of records: a handful of statements, however many records it holds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from catalog import memory, provenance
from catalog.models import AIModel, FormerName, Publisher, Source, SourceRecord

from . import belongings, tables
from .record import Record

COLUMN_OF = {
    name: f"{name}_id" if name in provenance.RELATIONS else name
    for name in provenance.IMPORTED_FIELDS
}
# What an import sets on a model; last_seen_at apart, because seeing it again is no change.
MANAGED = (
    "name",
    *COLUMN_OF.values(),
    "source",
    "source_id",
    "source_url",
    "popularity",
    "locked_fields",
    *memory.DERIVED,
)
SEEN = "last_seen_at"
NEW_COLUMNS = (
    "publisher_id",
    "key",
    *MANAGED,
    SEEN,
    "is_runnable",
    "is_sample",
    "created_at",
    "updated_at",
)
RECORD_COLUMNS = (
    "ai_model_id",
    "source",
    "source_id",
    "url",
    "origin",
    "read_at",
    "values",
    "notes",
    "digest",
    "created_at",
)


@dataclass(slots=True)
class Target:
    """A model that records of a batch speak of, with every source's word on it."""

    ai_model: AIModel | None
    words: dict[tuple[str, str], Record | SourceRecord] = field(default_factory=dict)
    said: list[Record] = field(default_factory=list)

    @property
    def is_made_by_hand(self) -> bool:
        """Whether it stood here before any source spoke of it."""
        held = [word for word in self.words.values() if isinstance(word, SourceRecord)]
        return self.ai_model is not None and not held and self.ai_model.source == Source.LOCAL

    def row(self) -> dict[str, Any]:
        """What MANAGED and SEEN hold after this batch."""
        ordered = provenance.in_order(self.words.values())
        leading = ordered[0]
        values = provenance.merged(ordered)
        locked = self._locked()
        for name in locked & values.keys():
            values[name] = getattr(self.ai_model, COLUMN_OF[name])
        row = {
            **{COLUMN_OF[name]: value for name, value in values.items()},
            "name": self._name(leading.source_id.rpartition("/")[2], locked),
            "source": str(leading.source),
            "source_id": leading.source_id,
            "source_url": leading.url,
            "popularity": provenance.popularity_from(values),
            "locked_fields": sorted(locked),
            SEEN: leading.read_at,
        }
        return {**row, **memory.derived(row)}

    def _locked(self) -> set[str]:
        """The curator's fields; of a model made by hand, all that were filled in."""
        if self.ai_model is None:
            return set()
        locked = set(self.ai_model.locked_fields)
        if self.is_made_by_hand:
            locked |= {
                name
                for name, column in COLUMN_OF.items()
                if getattr(self.ai_model, column) != provenance.empty(name)
            }
        return locked

    def _name(self, name: str, locked: set[str]) -> str:
        """The leading source's spelling, unless the model was renamed here."""
        if self.ai_model is None:
            return name
        is_renamed = self.ai_model.name.lower() != name.lower()
        return self.ai_model.name if is_renamed or "name" in locked else name


def write(records: Sequence[Record]) -> int:
    """Write these records, in the transaction around. How many models were created."""
    targets = _targets(records)
    now = timezone.now()
    new = {key: target for key, target in targets.items() if target.ai_model is None}
    ids = _insert_models(new, now)
    _update_models(targets.values(), now)
    placed = [
        (target.ai_model.pk if target.ai_model else ids[key], record)
        for key, target in targets.items()
        for record in target.said
    ]
    rows = (_record_row(ai_model_id, record, now) for ai_model_id, record in placed)
    tables.upsert(SourceRecord, RECORD_COLUMNS, ("source", "source_id"), rows)
    belongings.write(placed, now)
    return len(new)


def _targets(records: Sequence[Record]) -> dict[str, Target]:
    """The models that these records speak of, by key."""
    held = _held(records)
    by_key = _models(records, {word.ai_model_id for word in held.values()})
    by_id = {ai_model.pk: ai_model for ai_model in by_key.values()}
    targets: dict[str, Target] = {}
    for record in records:
        word = held.get((record.source, record.source_id))
        ai_model = by_id[word.ai_model_id] if word else by_key.get(record.key)
        key = ai_model.key if ai_model else record.key
        target = targets.setdefault(key, Target(ai_model))
        target.said.append(record)
    _add_held_words(targets, by_id)
    for target in targets.values():
        target.words.update({(word.source, word.source_id): word for word in target.said})
    return targets


def mark_seen(rows: Sequence[tuple[int, int]], read_at: datetime) -> None:
    """Note that these records, as (id, id of the model), still said the same at `read_at`."""
    if not rows:
        return
    SourceRecord.objects.filter(pk__in=[pk for pk, _ in rows]).update(read_at=read_at)
    ai_models = AIModel.objects.select_for_update().order_by("pk")
    by_id = ai_models.in_bulk({ai_model_id for _, ai_model_id in rows})
    targets = {ai_model.key: Target(ai_model) for ai_model in by_id.values()}
    _add_held_words(targets, by_id)
    _update_models(targets.values(), timezone.now())


def _held(records: Sequence[Record]) -> dict[tuple[str, str], SourceRecord]:
    rows = SourceRecord.objects.filter(
        source__in={record.source for record in records},
        source_id__in=[record.source_id for record in records],
    ).only("source", "source_id", "ai_model_id")
    return {(row.source, row.source_id): row for row in rows}


def _models(records: Sequence[Record], ids: set[int]) -> dict[str, AIModel]:
    """Models by their key and by former ones, locked until the batch is written."""
    keys = {record.key for record in records}
    former = dict(FormerName.objects.filter(key__in=keys).values_list("key", "ai_model_id"))
    rows = AIModel.objects.select_for_update().order_by("pk")
    found = {
        row.pk: row for row in rows.filter(Q(key__in=keys) | Q(pk__in=ids | {*former.values()}))
    }
    by_former = {key: found[pk] for key, pk in former.items()}
    return {**by_former, **{row.key: row for row in found.values()}}


def _add_held_words(targets: dict[str, Target], by_id: dict[int, AIModel]) -> None:
    for word in SourceRecord.objects.filter(ai_model_id__in=by_id.keys()):
        target = targets.get(by_id[word.ai_model_id].key)
        if target:
            target.words[word.source, word.source_id] = word


def _insert_models(new: dict[str, Target], now: datetime) -> dict[str, int]:
    """The ids of the new models by key."""
    if not new:
        return {}
    publishers = _publishers([record for target in new.values() for record in target.said])
    rows = []
    for key, target in new.items():
        row = target.row()
        managed = [row[column] for column in MANAGED]
        publisher_id = publishers[key.rpartition("/")[0]]
        rows.append((publisher_id, key, *managed, row[SEEN], False, False, now, now))
    tables.insert(AIModel, NEW_COLUMNS, rows)
    return dict(AIModel.objects.filter(key__in=new.keys()).values_list("key", "pk"))


def _publishers(records: Iterable[Record]) -> dict[str, int]:
    """The ids of these records' publishers by key; who is not known yet is added."""
    slugs = {record.owner.lower(): record.owner for record in records}
    rows = Publisher.objects.filter(key__in=slugs.keys()).values_list("key", "pk")
    found = dict(rows)
    missing = [Publisher(slug=slug, key=key) for key, slug in slugs.items() if key not in found]
    if not missing:
        return found
    Publisher.objects.bulk_create(missing, ignore_conflicts=True)
    return dict(rows.all())


def _update_models(targets: Iterable[Target], now: datetime) -> None:
    """Bring up to date what differs; what was only seen again keeps its updated_at."""
    changed, seen = [], []
    for target in targets:
        if (ai_model := target.ai_model) is None:
            continue
        row = target.row()
        managed = [row[column] for column in MANAGED]
        if managed != [getattr(ai_model, column) for column in MANAGED]:
            changed.append((*managed, row[SEEN], now, ai_model.pk))
        elif row[SEEN] != ai_model.last_seen_at:
            seen.append((row[SEEN], ai_model.pk))
    tables.update(AIModel, (*MANAGED, SEEN, "updated_at"), changed)
    tables.update(AIModel, (SEEN,), seen)


def _record_row(ai_model_id: int, record: Record, now: datetime) -> tuple[Any, ...]:
    return (
        ai_model_id,
        str(record.source),
        record.source_id,
        record.url,
        record.origin,
        record.read_at,
        record.values,
        record.notes,
        record.digest,
        now,
    )
