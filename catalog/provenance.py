"""Which source's word a model's value is: decided here once, for the import and for the pages.

The records of a model are put in an order; a field's value is the first record's that has one.
Fields that only make sense together (a license and its class) come from one record together.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Protocol, TypeVar

from catalog.models import AIModel, Source, SourceRecord
from catalog.popularity import popularity_of
from catalog.vocabulary import capabilities

PRECEDENCE = [
    Source.HUGGINGFACE,
    Source.REPLICATE,
    Source.WORKERS_AI,
    Source.LOCAL,
    Source.SAMPLE,
]

# Fields of a group come from one record: the first that has the group's first field or,
# when no record has that one, any other of them.
GROUPS: tuple[tuple[str, ...], ...] = (
    ("license", "license_text", "license_class", "license_url"),
    ("base_model_names", "base_relation"),
)
SINGLE_FIELDS = (
    "summary",
    "task",
    "library",
    "languages",
    "tags",
    "aliases",
    "capabilities",
    "formats",
    "datasets",
    "papers",
    "regions",
    "gate",
    "parameters",
    "active_parameters",
    "context_length",
    "memory_bytes",
    "storage_bytes",
    "paper_url",
    "code_url",
    "weights_url",
    "cover_url",
    "revision",
    "published_at",
    "source_updated_at",
    "downloads",
    "likes",
    "runs",
    "trending_score",
)
_SINGLE = frozenset(SINGLE_FIELDS)
# A model that one source still lists is listed, whatever the others say.
STATUS_GROUP = ("status", "deprecated_at", "retired_at")
STATUS_ORDER = ("listed", "deprecated", "hidden", "removed")
IMPORTED_FIELDS = (
    *SINGLE_FIELDS,
    *(field for group in GROUPS for field in group),
    *STATUS_GROUP,
)
MOMENTS = frozenset({"published_at", "source_updated_at"})
DATES = frozenset({"deprecated_at", "retired_at"})
RELATIONS = frozenset({"task", "library", "license"})
LISTS = frozenset(
    {
        "languages",
        "tags",
        "aliases",
        "capabilities",
        "formats",
        "datasets",
        "papers",
        "regions",
        "base_model_names",
    }
)
NUMBERS = frozenset(
    {
        "parameters",
        "active_parameters",
        "context_length",
        "memory_bytes",
        "storage_bytes",
        "downloads",
        "likes",
        "runs",
        "trending_score",
    }
)


class Word(Protocol):
    """What deciding needs of a record: a row of SourceRecord, or one that is about to be."""

    @property
    def source(self) -> str: ...
    @property
    def source_id(self) -> str: ...
    @property
    def read_at(self) -> datetime: ...
    @property
    def values(self) -> Any: ...


W = TypeVar("W", bound=Word)


@dataclass(frozen=True, slots=True)
class FieldOrigin:
    """Where one value of a model comes from.

    `source_value` is what the source says now: it differs from the model's value where a
    curator set that. `note` says what was cut or derived on the way in.
    """

    source: str
    source_label: str
    source_url: str
    origin: str
    read_at: datetime | None
    is_curated: bool = False
    source_value: Any = None
    note: str = ""


def in_order(records: Iterable[W]) -> list[W]:
    """The records, the one that leads first."""
    return sorted(records, key=_rank)


def sayers(records: Sequence[W]) -> dict[str, W]:
    """For each imported field the record whose word it is. `records` are in order."""
    chosen: dict[str, W] = {}
    for record in reversed(records):
        chosen.update(dict.fromkeys(_SINGLE.intersection(record.values), record))
    for group in GROUPS:
        sayer = _first_with(records, group[:1]) or _first_with(records, group)
        if sayer:
            chosen.update(dict.fromkeys(group, sayer))
    chosen.update(dict.fromkeys(STATUS_GROUP, _of_best_status(records)))
    return chosen


def merged(records: Sequence[Word]) -> dict[str, Any]:
    """The value of every imported field that these records, in order, give a model.

    Relations as ids, dates as dates; what no record knows has the field's empty value.
    """
    values = dict(_EMPTY)
    for field, record in sayers(records).items():
        if field in record.values:
            values[field] = parsed(field, record.values[field])
    values["capabilities"] = _capabilities(records, values)
    return values


def _capabilities(records: Sequence[Word], values: Mapping[str, Any]) -> list[str]:
    name = records[0].source_id.rpartition("/")[2]
    return capabilities.with_implied(
        values["capabilities"], task=values["task"], tags=values["tags"], name=name
    )


def empty(field: str) -> Any:
    if field in LISTS:
        return []
    if field in NUMBERS or field in MOMENTS or field in DATES or field in RELATIONS:
        return None
    return {"status": "listed", "license_class": "unknown"}.get(field, "")


_EMPTY = {field: empty(field) for field in IMPORTED_FIELDS}


def parsed(field: str, value: Any) -> Any:
    """A value of SourceRecord.values as the model's field holds it."""
    if field in MOMENTS:
        return datetime.fromisoformat(value)
    if field in DATES:
        return date.fromisoformat(value)
    return value


def of(ai_model: AIModel) -> dict[str, FieldOrigin]:
    """Where the value of every field of this model comes from.

    One query at most, none when `source_records` was prefetched.
    """
    records = in_order(ai_model.source_records.all())
    own = _own_origin(ai_model)
    leading = _origin(records[0]) if records else own
    origins = {field.name: own for field in ai_model._meta.concrete_fields}
    origins.update(dict.fromkeys(_NAMING_FIELDS, leading))
    if records:
        said = sayers(records)
        origins.update({field: _origin(record, field) for field, record in said.items()})
        origins.update(_derived(origins, said, merged(records)))
    if ai_model.license_from:
        note = f"inherited from {ai_model.license_from}"
        inherited = replace(origins["base_model_names"], source_value=None, note=note)
        origins.update(license=inherited, license_class=inherited)
    for field in ai_model.locked_fields:
        if field in origins:
            origins[field] = _curated(origins[field])
    return origins


_NAMING_FIELDS = ("name", "publisher", "source", "source_id", "source_url", "last_seen_at")


def _rank(record: Word) -> tuple[int, float, int, str]:
    used = record.values.get("downloads") or record.values.get("runs") or 0
    return (
        PRECEDENCE.index(Source(record.source)),
        -record.read_at.timestamp(),
        -used,
        record.source_id,
    )


def _first_with(records: Sequence[W], fields: Collection[str]) -> W | None:
    return next((one for one in records if any(name in one.values for name in fields)), None)


def _of_best_status(records: Sequence[W]) -> W:
    return min(records, key=lambda one: STATUS_ORDER.index(one.values.get("status", "listed")))


def _origin(record: SourceRecord, field: str = "") -> FieldOrigin:
    return FieldOrigin(
        source=record.source,
        source_label=str(Source(record.source).label),
        source_url=record.url,
        origin=record.origin,
        read_at=record.read_at,
        source_value=record.values.get(field) if field else None,
        note="; ".join(_notes_on(record.notes, field)) if field else "",
    )


def _notes_on(notes: Iterable[str], field: str) -> Iterable[str]:
    prefix = f"{field}: "
    return (note.removeprefix(prefix) for note in notes if note.startswith(prefix))


def _own_origin(ai_model: AIModel) -> FieldOrigin:
    """Of what no source says: made here, or with the sample."""
    source = Source.SAMPLE if ai_model.is_sample else Source.LOCAL
    return FieldOrigin(source, str(source.label), "", "", ai_model.created_at)


def _derived(
    origins: Mapping[str, FieldOrigin], said: Collection[str], values: Mapping[str, Any]
) -> dict[str, FieldOrigin]:
    """What is computed from other values shares their origin and says so."""
    found = {"base_model": origins["base_model_names"]}
    able = values["capabilities"]
    if able and able != origins["capabilities"].source_value:
        sayer = next(name for name in ("capabilities", "task", "name") if name in {*said, "name"})
        notes = [origins[sayer].note, "told by its task, its tags or its name"]
        note = "; ".join(filter(None, notes))
        found["capabilities"] = replace(origins[sayer], source_value=able, note=note)
    counter = next((name for name in ("downloads", "runs", "likes") if name in said), None)
    if counter:
        note = "computed from downloads, likes and runs"
        found["popularity"] = replace(origins[counter], source_value=None, note=note)
    return found


def _curated(origin: FieldOrigin) -> FieldOrigin:
    """Without a date: the desk's history has that, and the row's own moves with each import."""
    return FieldOrigin(
        source=Source.LOCAL,
        source_label=str(Source.LOCAL.label),
        source_url=origin.source_url,
        origin=origin.origin,
        read_at=None,
        is_curated=True,
        source_value=origin.source_value,
    )


def popularity_from(values: Mapping[str, Any]) -> float:
    return popularity_of(
        downloads=values.get("downloads"), likes=values.get("likes"), runs=values.get("runs")
    )
