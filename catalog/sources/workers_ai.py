"""Cloudflare Workers AI: its models with prices, properties and schemas.

The values of `properties` are text even for booleans and numbers ("true", "1310720"), but a list
for prices and an object for reasoning effort.
"""

import hashlib
import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import orjson

from catalog import vocabulary
from catalog.models import Source

from . import cleaning, jsonl, schemas, sizes, tags
from .record import OfferFacts, Record, Rejected, VersionFacts

PROVIDER = "Cloudflare Workers AI"
_DOCS = "https://developers.cloudflare.com/workers-ai/models/"


def normalise(value: dict[str, Any], read_at: datetime) -> Record:
    """The record of one model. Raises Rejected without a name such as @cf/owner/name."""
    full_name = id_of(value)
    match = re.fullmatch(r"@(?:cf|hf)/([^/]+/[^/]+)", full_name)
    if not match:
        raise Rejected(f"Its name {full_name[:100]!r} is not @cf/owner/name.")
    _, owner, name = jsonl.identity(match[1], Source.WORKERS_AI)
    notes: list[str] = []
    properties = _properties(value.get("properties"))
    record = Record(
        source=Source.WORKERS_AI,
        source_id=full_name,
        owner=owner,
        name=name,
        url=f"{_DOCS}{name}/"[:500],
        read_at=read_at,
        values=cleaning.filled(_values(value, name, properties, read_at, notes)),
        notes=notes,
    )
    record.versions = _versions(value, notes)
    record.offers = _offers(properties.get("price"), record)
    return record


def id_of(value: dict[str, Any]) -> str:
    name = value.get("name")
    return name.strip() if isinstance(name, str) else ""


def _properties(value: Any) -> dict[str, Any]:
    entries = value if isinstance(value, list) else []
    return {
        str(entry["property_id"]): entry.get("value")
        for entry in entries
        if isinstance(entry, dict) and "property_id" in entry
    }


def _values(
    value: dict[str, Any],
    name: str,
    properties: dict[str, Any],
    read_at: datetime,
    notes: list[str],
) -> dict[str, Any]:
    task = value.get("task")
    window = properties.get("context_window") or properties.get("max_input_tokens")
    abilities = [ability for ability, said in properties.items() if cleaning.flag(said)]
    told = sorted(filter(None, map(tags.capability_of, abilities)))
    return {
        "summary": cleaning.text(value.get("description"), "summary", 2_000, notes),
        "task": vocabulary.task_of(task.get("name") if isinstance(task, dict) else task),
        "tags": cleaning.words(value.get("tags"), "tags", notes),
        "capabilities": [*told, *schemas.capabilities_of(_openapi(value) or {}, notes)],
        "active_parameters": sizes.active_parameters(name, notes),
        "context_length": cleaning.whole_number(window, "context_length", notes),
        "languages": _languages(properties.get("languages")),
        "published_at": cleaning.iso_moment(value.get("created_at"), "published_at", notes),
        **_retirement(value, properties, read_at, notes),
        **_links(properties, notes),
    }


def _languages(value: Any) -> list[str]:
    """From "english, chinese, french"."""
    spellings = value.split(",") if isinstance(value, str) else []
    return [code for word in spellings if (code := vocabulary.language_of(word.strip()))]


def _retirement(
    value: dict[str, Any], properties: dict[str, Any], read_at: datetime, notes: list[str]
) -> dict[str, Any]:
    """Deprecated when the source says so or the day it named had come when this was read."""
    planned = cleaning.iso_date(properties.get("planned_deprecation_date"), "deprecated_at", notes)
    is_over = bool(planned) and date.fromisoformat(planned) <= read_at.date()
    is_deprecated = is_over or cleaning.flag(value.get("deprecated"))
    return {"status": "deprecated" if is_deprecated else "", "deprecated_at": planned}


def _links(properties: dict[str, Any], notes: list[str]) -> dict[str, Any]:
    """`info` is a page about the model: its weights or its code where the host tells which."""
    info = cleaning.url(properties.get("info"), "info", notes)
    host = urlsplit(info).hostname
    terms = cleaning.url(properties.get("terms"), "license_url", notes)
    return {
        "weights_url": info if host == "huggingface.co" else "",
        "code_url": info if host == "github.com" else "",
        "license_url": terms,
    }


def _versions(value: dict[str, Any], notes: list[str]) -> list[VersionFacts]:
    """Its schema as a version: nothing else of this source changes when the model does."""
    document = cleaning.storable_json(_openapi(value), "versions", notes)
    schema = schemas.within_limits(document, notes)
    if schema is None:
        return []
    digest = hashlib.sha256(orjson.dumps(schema, option=orjson.OPT_SORT_KEYS)).hexdigest()
    created_at = cleaning.moment(value.get("created_at"), "versions", [])
    return [VersionFacts(version_id=digest, openapi_schema=schema, created_at=created_at)]


def _openapi(value: dict[str, Any]) -> dict[str, Any] | None:
    """Input and output as an OpenAPI document, the shape that Replicate's versions have."""
    said = value.get("schema")
    if not isinstance(said, dict) or not isinstance(said.get("input"), dict):
        return None
    parts = {"Input": said["input"], "Output": said.get("output") or {}}
    title = {"title": id_of(value), "version": "1"}
    return {"openapi": "3.1.0", "info": title, "paths": {}, "components": {"schemas": parts}}


def _offers(value: Any, record: Record) -> list[OfferFacts]:
    offers = (_offer(entry, record) for entry in (value if isinstance(value, list) else []))
    return [offer for offer in offers if offer]


def _offer(entry: Any, record: Record) -> OfferFacts | None:
    if not isinstance(entry, dict):
        return None
    unit = cleaning.text(entry.get("unit"), "offers", 100, record.notes)
    amount = cleaning.real_number(entry.get("price"), "offers", record.notes)
    if not unit or amount is None or not 0 <= amount < 1_000_000_000:
        record.notes.append(f"offers: left out a price without unit or amount: {entry!r}"[:200])
        return None
    currency = cleaning.text(entry.get("currency"), "offers", 3, record.notes) or "USD"
    return OfferFacts(
        provider=PROVIDER,
        unit=unit,
        amount=round(Decimal(repr(amount)), 9),
        currency=currency,
        context_length=record.values.get("context_length"),
        url=record.url,
    )
