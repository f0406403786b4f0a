"""What the search index holds of a model, whichever engine keeps it."""

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from itertools import chain, islice
from typing import Any

from django.db.models import TextField
from django.db.models.functions import Cast, Substr

from catalog import memory
from catalog.models import Offer
from catalog.models.ai_models import AIModelQuerySet
from catalog.search import words
from catalog.search.query import ANY_DEVICE
from catalog.vocabulary import is_apart, tasks, topics, topics_of

CHUNK = 2000
CARD_READ = 600  # characters; further on, cards praise what else exists
SUMMARY_READ = 600
TAGS_READ = 60
LANGUAGES_READ = 40
ALIASES_READ = 50
VALUE_LIMIT = 200

# Marks of a converted copy in a name: the original is what people look for.
CONVERTED = frozenset(
    words.words(
        "gguf ggml gptq awq exl2 exl3 mlx onnx openvino int4 int8 4bit 8bit 6bit 5bit 3bit fp8 "
        "nf4 bnb w4a16 w8a8 quantized quantised quant imatrix nvfp4 mxfp4 coreml ov tflite"
    )
)
COPY_FACTOR = 0.7

COLUMNS = (
    "pk",
    "status",
    "publisher__slug",
    "name",
    "key",
    "summary",
    "task_id",
    "library_id",
    "license_id",
    "license_class",
    "parameters",
    "active_parameters",
    "context_length",
    "memory_bytes",
    "weight_bytes",
    "token_bytes",
    "device",
    "inherited_license_class",
    "source",
    "downloads",
    "likes",
    "runs",
    "trending_score",
    "popularity",
    "is_runnable",
    "card_start",
)
# Read as the database writes them: reading is half of a rebuild, and these took half of reading.
LISTS = ("languages", "tags", "aliases", "capabilities", "base_model_names")
MOMENTS = ("updated_at", "published_at", "source_updated_at")


@dataclass(frozen=True, slots=True)
class Document:
    """One model as the engines take it; numbers that are not known are None."""

    id: int
    version: int  # microseconds of the row's updated_at
    key: str
    whole: str  # the name run together
    name: list[str]
    runs: list[str]
    aliases: list[str]  # what else it is called, in words parted by spaces
    owner: list[str]
    owner_whole: str  # the owner run together
    meanings: list[str]
    tag_words: list[str]
    about: list[str]  # roots of what its task and topics are called
    prose: str
    facets: dict[str, list[str]]
    numbers: dict[str, int]  # by name out of query.NUMBERS; what is not known is not there
    flags: dict[str, bool]  # by name out of query.FLAGS
    device: str  # the kind of hardware without which it cannot run, or ANY_DEVICE
    sorts: dict[str, int | None]
    popularity: float
    weight: float  # what the fit of the words is multiplied with


def read(rows: AIModelQuerySet) -> Iterator[Document]:
    """Documents of these rows, read as a stream."""
    written = {_written(name): Cast(name, TextField()) for name in (*LISTS, *MOMENTS)}
    started = rows.annotate(card_start=Substr("card__text", 1, CARD_READ), **written)
    stream = started.values(*COLUMNS, *written).iterator(chunk_size=CHUNK)
    while chunk := [_understood(row) for row in islice(stream, CHUNK)]:
        priced = Offer.lowest_of([row["pk"] for row in chunk])
        yield from (document(row, priced.get(row["pk"], {})) for row in chunk)


def _written(name: str) -> str:
    return f"{name}_text"


def _understood(row: dict[str, Any]) -> dict[str, Any]:
    for name in LISTS:
        row[name] = _listed(row.pop(_written(name)) or "[]")
    for name in MOMENTS:
        row[name] = _moment(row.pop(_written(name)))
    return row


@lru_cache(maxsize=5_000)
def _listed(text: str) -> list[Any]:
    """Shared by all rows that say the same; nobody changes it."""
    return json.loads(text) or []


def _moment(text: str | None) -> datetime | None:
    """SQLite keeps moments without their zone, which is UTC."""
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def document(row: dict[str, Any], priced: Mapping[str, int]) -> Document:
    name = words.words(row["name"])
    owner = words.words(row["publisher__slug"])
    meanings = _meanings(row)
    tags = [tag for tag in _texts(row["tags"]) if tag]
    aliases = [words.words(alias) for alias in _texts(row["aliases"][:ALIASES_READ])]
    return Document(
        id=row["pk"],
        version=version_of(row["updated_at"]),
        key=row["key"],
        whole=words.joined(name),
        name=[*name, *_kept_whole(row["name"], name)],
        runs=[
            *words.runs(name),
            *(piece for alias in aliases for piece in (*alias, *words.runs(alias))),
        ],
        aliases=[" ".join(alias) for alias in aliases if alias],
        owner=owner,
        owner_whole=words.joined(owner),
        meanings=[
            *meanings,
            *(f"language:{id}" for id in _texts(row["languages"][:LANGUAGES_READ])),
        ],
        tag_words=list(dict.fromkeys(chain.from_iterable(map(_tag_words, tags[:TAGS_READ])))),
        about=list(dict.fromkeys(chain.from_iterable(map(_about, [*meanings, row["task_id"]])))),
        prose=_prose(row),
        facets=_facets(row, tags),
        numbers=_numbers(row, priced),
        flags={
            "is_runnable": row["is_runnable"],
            "is_sized": row["weight_bytes"] is not None,
            "is_priced": bool(priced),
        },
        device=row["device"] or ANY_DEVICE,
        sorts=_sorts(row),
        popularity=row["popularity"],
        weight=weight_of(row["popularity"], is_copy=_is_copy(row, name)),
    )


def also(task: str) -> str:
    """Stands for a task that a model carries besides what it really does."""
    return f"also:{task}"


def version_of(updated_at: datetime) -> int:
    return round(updated_at.timestamp() * 1_000_000)


def weight_of(popularity: float, *, is_copy: bool) -> float:
    """1 for what nobody uses, about 3 for what everybody does; a copy of another's has less."""
    return (1 + 0.25 * max(popularity, 0)) * (COPY_FACTOR if is_copy else 1)


@cache
def _about(id: str | None) -> list[str]:
    """What a task or topic is called and does, by the roots of the words."""
    named = [entry.name for entry in topics() if entry.id == id]
    named += [
        " ".join([entry.name, entry.summary, *entry.modality_in, *entry.modality_out])
        for entry in tasks()
        if entry.id == id
    ]
    return [words.root(word) for word in words.words(" ".join(named))]


@lru_cache(maxsize=20_000)
def _tag_words(tag: str) -> list[str]:
    return words.words(tag)


def _is_copy(row: dict[str, Any], name: list[str]) -> bool:
    """Converted from another model, or somebody else's under the same name."""
    if CONVERTED.intersection(name):
        return True
    whole, owner = words.joined(name), row["publisher__slug"].lower()
    bases = [base.lower().split("/") for base in _texts(row["base_model_names"]) if "/" in base]
    return any(base[0] != owner and words.joined(words.words(base[1])) in whole for base in bases)


def _kept_whole(name: str, parts: list[str]) -> list[str]:
    """The parts of words in mixed case, as in MusicGen, unless they are words already."""
    humps = re.findall(r"[A-Z]?[a-z]{3,}", name)
    return [hump.lower() for hump in humps if hump.lower() not in parts]


def _meanings(row: dict[str, Any]) -> list[str]:
    text = row["summary"] or row["card_start"] or ""
    task = row["task_id"]
    found = topics_of(row["name"], text, task)
    if not task:
        return found
    return [*found, also(task) if found and is_apart(row["name"], task) else task]


def _prose(row: dict[str, Any]) -> str:
    text = f"{row['summary'][:SUMMARY_READ]} {row['card_start'] or ''}"
    if text.isascii():
        return text
    pairs = [pair for run in words.CJK.findall(text) for pair in words.bigrams(run)]
    return " ".join([text, *pairs])


def _facets(row: dict[str, Any], tags: list[str]) -> dict[str, list[str]]:
    return {
        "task": _one(row["task_id"]),
        "library": _one(row["library_id"]),
        "license": _one(row["license_id"]),
        "license_class": _one(row["inherited_license_class"] or row["license_class"]),
        "language": list(_texts(row["languages"])),
        "publisher": _one(row["publisher__slug"]),
        "source": _one(row["source"]),
        "tag": tags,
        "capability": list(_texts(row["capabilities"])),
    }


def _sorts(row: dict[str, Any]) -> dict[str, int | None]:
    trend = row["trending_score"]
    return {
        "trending": None if trend is None or not math.isfinite(trend) else round(trend * 1000),
        "runs": row["runs"],
        "downloads": row["downloads"],
        "likes": row["likes"],
        "created": _seconds(row["published_at"]),
        "updated": _seconds(row["source_updated_at"]),
        "size": row["parameters"],
    }


def _numbers(row: dict[str, Any], priced: Mapping[str, int]) -> dict[str, int]:
    """A dense model works with all of its parameters on each token."""
    known = {
        "parameters": row["parameters"],
        "active_parameters": row["active_parameters"] or row["parameters"],
        "context_length": row["context_length"],
        "memory_bytes": row["memory_bytes"],
        **_memory(row),
        **{f"price_{unit}": amount for unit, amount in priced.items()},
    }
    return {name: number for name, number in known.items() if number is not None}


def _memory(row: dict[str, Any]) -> dict[str, int]:
    if row["weight_bytes"] is None:
        return {}
    size, token, own = row["weight_bytes"], row["token_bytes"] or 0, row["context_length"]
    return {
        f"memory_at_{context}": memory.needed(size, token, context, own)
        for context in memory.CONTEXTS
    }


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else max(int(moment.timestamp()), 0)


def _one(value: str | None) -> list[str]:
    return [value] if value else []


def _texts(values: Iterable[Any] | None) -> Iterator[str]:
    """The texts among what a JSON field holds, each once."""
    if not values:
        return iter(())
    texts = (value[:VALUE_LIMIT] for value in values if isinstance(value, str) and value)
    return iter(dict.fromkeys(texts))
