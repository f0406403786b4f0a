"""Replicate models out of the npm package, cut down to facts: no prose, no examples.

Of a schema stays what tables of inputs and outputs need: names, types, choices and limits.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

Json = dict[str, Any]

SLUG = re.compile(r"[\w.-]+", re.ASCII)
LINKS = ("github_url", "paper_url", "license_url", "weights_url")
LONGEST_STRING = 300
DAYS_OF_RUNS = 30

TABLES = ("Input", "Output")
REFERENCE = "#/components/schemas/"
KEPT = (
    "$ref",
    "type",
    "format",
    "nullable",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "required",
    "x-order",
    "x-cog-secret",
    "x-cog-array-type",
    "x-cog-array-display",
)


def models(records: Iterable[Json]) -> list[Json]:
    """The models with a valid owner and name, in Replicate's own shape, sorted by name."""
    kept = (model(record) for record in records if _has_valid_name(record))
    return sorted(kept, key=lambda m: (m["owner"], m["name"]))


def model(record: Json) -> Json:
    """One model in Replicate's shape with every text of its author left null."""
    return {
        "url": record["url"],
        "owner": record["owner"],
        "name": record["name"],
        "description": None,
        "visibility": record["visibility"],
        "run_count": record["run_count"],
        **{key: _link(record.get(key)) for key in LINKS},
        "cover_image_url": None,
        "created_at": record["created_at"],
        "default_example": None,
        "latest_version": _version(record.get("latest_version")),
    }


def newest_date(runs: dict[str, list[Json]]) -> date:
    """The last day with a run count: the facts are as of then."""
    return date.fromisoformat(max(day["date"] for days in runs.values() for day in days))


def recent_runs(runs: dict[str, list[Json]]) -> dict[str, list[Json]]:
    """The last thirty days of daily runs by `owner/name`, without models that had none."""
    since = (newest_date(runs) - timedelta(days=DAYS_OF_RUNS - 1)).isoformat()
    recent = {name: [day for day in runs[name] if day["date"] >= since] for name in sorted(runs)}
    return {name: days for name, days in recent.items() if days}


def trimmed(document: Json) -> Json:
    """`Input` and `Output` of an OpenAPI document and all that they refer to, without prose."""
    schemas: Json = document.get("components", {}).get("schemas", {})
    wanted = [name for name in TABLES if name in schemas]
    kept: Json = {}
    while wanted:
        name = wanted.pop()
        kept[name] = _schema(schemas[name], schemas)
        wanted += (found for found in _references(kept[name]) if found in schemas.keys() - kept)
    return {"components": {"schemas": kept}}


def _schema(schema: Json, schemas: Json) -> Json:
    kept = {key: schema[key] for key in KEPT if key in schema}
    if isinstance(schema.get("properties"), dict):
        fields = schema["properties"].items()
        kept["properties"] = {name: _schema(one, schemas) for name, one in fields}
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            kept[key] = _schema(schema[key], schemas)
    for key in ("allOf", "anyOf", "oneOf"):
        if isinstance(schema.get(key), list):
            kept[key] = [_schema(one, schemas) for one in schema[key]]
    if "enum" in schema:
        kept["enum"] = _choices(schema, schemas)
    if _is_fact(schema.get("default"), _choices(schema, schemas)):
        kept["default"] = schema["default"]
    return kept


def _choices(schema: Json, schemas: Json) -> list[Any]:
    """The values that a field permits, be they its own or those of a schema it refers to."""
    own = schema.get("enum") or []
    referred = [schemas.get(name, {}) for name in _direct_references(schema)]
    values = [*own, *(value for one in referred for value in one.get("enum") or [])]
    return [v for v in values if not isinstance(v, str) or len(v) <= LONGEST_STRING]


def _is_fact(default: Any, choices: list[Any]) -> bool:
    """Free text that an author chose as default is prose (a prompt, say), not a fact."""
    if isinstance(default, bool | int | float):
        return True
    return default is not None and default in choices


def _direct_references(schema: Json) -> Iterator[str]:
    for one in (schema, *schema.get("allOf", []), *schema.get("anyOf", [])):
        if "$ref" in one:
            yield one["$ref"].removeprefix(REFERENCE)


def _references(kept: Any) -> Iterator[str]:
    """Names of the schemas referred to, at any depth."""
    if isinstance(kept, list):
        kept = dict(enumerate(kept))
    if not isinstance(kept, dict):
        return
    if isinstance(kept.get("$ref"), str):
        yield kept["$ref"].removeprefix(REFERENCE)
    for one in kept.values():
        yield from _references(one)


def _version(version: Json | None) -> Json | None:
    if version is None:
        return None
    return {
        "id": version["id"],
        "created_at": version["created_at"],
        "cog_version": version["cog_version"],
        "openapi_schema": trimmed(version.get("openapi_schema") or {}),
    }


def _has_valid_name(record: Json) -> bool:
    return all(SLUG.fullmatch(record.get(key) or "") for key in ("owner", "name"))


def _link(url: str | None) -> str | None:
    is_link = url and url.startswith(("https://", "http://")) and len(url) <= LONGEST_STRING
    return url if is_link else None
