"""Turns a planned sample into rows: model, source record, sometimes version, example, card."""

import hashlib
import random
from datetime import UTC, datetime, timedelta
from typing import Any

from catalog import memory
from catalog.models import Source
from catalog.popularity import popularity_of

from . import schemas
from .families import Member
from .inserting import Row
from .kinds import BITS_OF_FILES, LANGUAGES, LIBRARY_OF_FILES

# Fixed, so that the same seed makes the same rows whenever it runs.
NEWEST = datetime(2026, 10, 1, tzinfo=UTC)
OLDEST_DAYS = 1700
SHARE_WITH_CARD = 0.3
RELATIONS = ("task", "library", "license")
MOMENTS = ("published_at", "source_updated_at")
ADDRESS = "https://samples.example"  # .example is reserved: nobody is there.


def chance_of(member: Member, *, seed: int) -> random.Random:
    """Each member's own luck, so that rows do not depend on those before them."""
    return random.Random(f"{seed}/member/{member.number}")  # noqa: S311 - lifelike, not secret


def values_of(member: Member, *, licenses: dict[str, str], chance: random.Random) -> dict[str, Any]:
    """What the made-up source says, by field of the model: relations by id, nothing empty.

    `licenses` holds the class of each license by its id.
    """
    published = _published(member, chance)
    values = {
        "summary": _summary(member),
        "task": member.kind.task,
        "library": LIBRARY_OF_FILES.get(member.files, _library(member)),
        "license": member.license,
        "license_text": member.license,
        "license_class": licenses.get(member.license),
        "languages": _languages(member, chance),
        "tags": _tags(member, chance),
        "formats": [_format(member)],
        **_size(member, chance),
        **_counters(member, chance),
        "base_model_names": [f"{member.base.owner}/{member.base.name}"] if member.base else [],
        "base_relation": member.relation,
        "weights_url": f"{ADDRESS}/{member.owner}/{member.name}",
        "published_at": published.isoformat(),
        "source_updated_at": min(
            NEWEST, published + timedelta(days=chance.expovariate(1 / 40))
        ).isoformat(),
    }
    return {field: value for field, value in values.items() if value not in (None, "", [])}


def model_row(
    member: Member, values: dict[str, Any], *, publisher_id: int, base_id: int | None
) -> Row:
    row = {**values, **{f"{field}_id": values.get(field) for field in RELATIONS}}
    row.update((field, datetime.fromisoformat(values[field])) for field in MOMENTS)
    row.update(
        publisher_id=publisher_id,
        name=member.name,
        key=key_of(member),
        base_model_id=base_id,
        last_seen_at=NEWEST,
        popularity=popularity_of(
            downloads=values.get("downloads"), likes=values.get("likes"), runs=values.get("runs")
        ),
        source=Source.SAMPLE.value,
        source_id=source_id(member.number),
        is_sample=True,
    )
    known = {"tags": [], "formats": [], "locked_fields": [], "base_relation": "", **row}
    return {**row, **memory.derived({name: known.get(name) for name in memory.COLUMNS})}


def key_of(member: Member) -> str:
    return f"{member.owner}/{member.name}".lower()


def source_id(number: int) -> str:
    return f"sample-{number:07}"


def record_row(member: Member, values: dict[str, Any], *, ai_model_id: int, seed: int) -> Row:
    return {
        "ai_model_id": ai_model_id,
        "source": Source.SAMPLE.value,
        "source_id": source_id(member.number),
        "url": values["weights_url"],
        "origin": origin(seed),
        "read_at": NEWEST,
        "values": values,
        "digest": _digest("record", key_of(member))[:32],
    }


def origin(seed: int) -> str:
    return f"sample_catalog --seed {seed}"


def version_row(member: Member, values: dict[str, Any], *, ai_model_id: int) -> Row | None:
    """A version with its schema, for those that can be called."""
    if "runs" not in values:
        return None
    return {
        "ai_model_id": ai_model_id,
        "version_id": _digest("version", key_of(member)),
        "cog_version": "0.16.2",
        "openapi_schema": schemas.openapi(member.kind.task),
        "created_at": datetime.fromisoformat(values["source_updated_at"]),
    }


def example_row(member: Member, version: Row, *, chance: random.Random) -> Row:
    return {
        "ai_model_id": version["ai_model_id"],
        "source_id": _digest("example", key_of(member))[:26],
        "version_id": version["version_id"],
        "input": schemas.example_input(member.kind.task),
        "output": schemas.example_output(member.kind.task),
        "seconds": round(chance.lognormvariate(0.7, 0.9), 2),
        "created_at": version["created_at"],
    }


def card_row(
    member: Member, values: dict[str, Any], *, ai_model_id: int, chance: random.Random
) -> Row | None:
    if chance.random() > SHARE_WITH_CARD:
        return None
    text = _card_text(member, values)
    return {
        "ai_model_id": ai_model_id,
        "text": text,
        "language": "en",
        "full_length": len(text),
        "source": Source.SAMPLE.value,
        "read_at": NEWEST,
    }


def _summary(member: Member) -> str:
    size = f"{member.size.upper()} " if member.size[0].isdigit() else f"{member.size} "
    article = "An" if size[0] in "8a" or size.startswith("11") else "A"
    made = f"{article} {size}model that {member.kind.purpose}"
    if member.files:
        return f"{member.files} files of {_base_name(member)}: {made[0].lower()}{made[1:]}."
    if member.theme:
        return f"{made}, made from {_base_name(member)} for {member.theme.replace('-', ' ')}."
    return f"{made}."


def _base_name(member: Member) -> str:
    return member.base.name if member.base else member.name


def _library(member: Member) -> str:
    return "peft" if member.relation == "adapter" else member.kind.library


def _languages(member: Member, chance: random.Random) -> list[str]:
    if chance.random() < 0.4:
        return []
    others = min(len(LANGUAGES), int(chance.paretovariate(1.1)) - 1)
    return ["en", *sorted(LANGUAGES[: others * 2 : 2])]


def _tags(member: Member, chance: random.Random) -> list[str]:
    tags = [*member.kind.tags]
    tags += [member.theme] if member.theme else []
    tags += ["lora"] if member.relation == "adapter" else []
    tags += ["quantized"] if member.files else []
    tags += ["generated_from_trainer"] if chance.random() < 0.15 else []
    return sorted(set(tags))


def _format(member: Member) -> str:
    if member.files:
        return member.files.split("-")[0].lower()
    return member.kind.formats[0]


def _size(member: Member, chance: random.Random) -> dict[str, int | None]:
    """Bytes on disk from the bits of a weight; memory is what else it takes on top."""
    bits = BITS_OF_FILES.get(member.files, 16)
    storage = round(member.parameters * bits / 8)
    contexts = member.kind.contexts
    return {
        "parameters": member.parameters,
        "active_parameters": member.active_parameters,
        "context_length": contexts[_place(member, len(contexts))] if contexts else None,
        "storage_bytes": round(storage * chance.uniform(1.0, 1.05)),
        "memory_bytes": round(storage * 1.15) + 400_000_000,
    }


def _place(member: Member, length: int) -> int:
    """The same for all of a family: a quantised copy reads as far as its original."""
    return sum(member.kind.task.encode()) * (member.number // 12 + 1) % length


def _counters(member: Member, chance: random.Random) -> dict[str, int | float | None]:
    downloads = min(200_000_000, int(member.fame**1.5 * chance.lognormvariate(2.2, 1.3)))
    likes = int(downloads**0.55 * chance.lognormvariate(-1.2, 0.7))
    is_run = chance.random() < member.kind.is_called
    return {
        "downloads": downloads,
        "likes": likes,
        "runs": int(downloads * chance.uniform(0.2, 4)) if is_run else None,
        "trending_score": round(likes**0.5 * chance.random(), 2) if likes > 20 else None,
    }


def _published(member: Member, chance: random.Random) -> datetime:
    """More of late; what was made from a model appears after it."""
    age = min(OLDEST_DAYS, chance.expovariate(1 / 420))
    return NEWEST - timedelta(days=age / (1 + member.depth), seconds=chance.randrange(86_400))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _card_text(member: Member, values: dict[str, Any]) -> str:
    return f"""# {member.name}

{values["summary"]} This card is made up, as is the model: it is here to measure with.

## Intended use

`{member.owner}/{member.name}` {member.kind.purpose}. It was made for research and for products
that keep a person in the loop; it is not meant for decisions about people.

## Training

Trained on a mixture of licensed and public material, de-duplicated and filtered by quality.

| setting | value |
|---|---|
| parameters | {member.parameters:,} |
| context | {values.get("context_length", "does not apply")} |
| license | {member.license or "not stated"} |

## Limits

Answers may be wrong, dated or biased. Test it on your own material before you rely on it.
"""
