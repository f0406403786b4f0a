"""Replicate's models, as its API has them and npm's `all-the-public-replicate-models`."""

import re
from datetime import datetime
from typing import Any

from catalog import vocabulary
from catalog.models import Source

from . import cleaning, jsonl, schemas, sizes
from .record import ExampleFacts, Record, VersionFacts

LONGEST_SUMMARY = 2_000
_ARXIV = re.compile(r"arxiv\.org/(?:abs|pdf)/(\d{4}\.\d{4,5})")


def normalise(value: dict[str, Any], read_at: datetime) -> Record:
    """The record of one model. Raises Rejected without owner and name."""
    source_id, owner, name = jsonl.identity(id_of(value), Source.REPLICATE)
    notes: list[str] = []
    version = _version(value.get("latest_version"), notes)
    example = _example(value.get("default_example"), notes)
    return Record(
        source=Source.REPLICATE,
        source_id=source_id,
        owner=owner,
        name=name,
        url=cleaning.url(value.get("url"), "url", notes) or f"https://replicate.com/{source_id}",
        read_at=read_at,
        values=cleaning.filled(_values(value, name, version, example, notes)),
        notes=notes,
        versions=[version] if version else [],
        examples=[example] if example else [],
    )


def id_of(value: dict[str, Any]) -> str:
    owner, name = value.get("owner"), value.get("name")
    if not isinstance(owner, str) or not isinstance(name, str) or not owner or not name:
        return ""
    return f"{owner}/{name}"


def _values(
    value: dict[str, Any],
    name: str,
    version: VersionFacts | None,
    example: ExampleFacts | None,
    notes: list[str],
) -> dict[str, Any]:
    summary = cleaning.text(value.get("description"), "summary", LONGEST_SUMMARY, notes)
    paper = cleaning.url(value.get("paper_url"), "paper_url", notes)
    return {
        "summary": summary,
        "status": "hidden" if value.get("visibility") == "private" else "",
        "task": _task(name, summary, version, example, notes),
        "capabilities": schemas.capabilities_of(version.openapi_schema, notes) if version else [],
        "active_parameters": sizes.active_parameters(name, notes),
        **_license(value, notes),
        "paper_url": paper,
        "papers": _ARXIV.findall(paper),
        "code_url": cleaning.url(value.get("github_url"), "code_url", notes),
        "weights_url": cleaning.url(value.get("weights_url"), "weights_url", notes),
        "cover_url": cleaning.url(value.get("cover_image_url"), "cover_url", notes),
        "runs": cleaning.whole_number(value.get("run_count"), "runs", notes),
        "published_at": cleaning.iso_moment(value.get("created_at"), "published_at", notes),
        "source_updated_at": version.created_at.isoformat()
        if version and version.created_at
        else "",
        "revision": version.version_id if version else "",
    }


def _task(
    name: str,
    summary: str,
    version: VersionFacts | None,
    example: ExampleFacts | None,
    notes: list[str],
) -> str | None:
    """Replicate has no tasks; what goes in and what comes out usually tells."""
    schema = version.openapi_schema if version else {}
    task = schemas.task_of(schema, example.output if example else None, name, summary)
    if task:
        notes.append("task: derived from its name and the types of its schema")
    return task


def _license(value: dict[str, Any], notes: list[str]) -> dict[str, Any]:
    """Only the address of a license is told; some addresses name a license plainly."""
    address = cleaning.url(value.get("license_url"), "license_url", notes)
    license_id = vocabulary.license_of(address) if address else None
    if not license_id:
        return {"license_url": address}
    notes.append("license: told by the address of its text")
    return {
        "license": license_id,
        "license_text": address[:200],
        "license_class": vocabulary.license_class_of(license_id),
        "license_url": address,
    }


def _version(value: Any, notes: list[str]) -> VersionFacts | None:
    if not isinstance(value, dict):
        return None
    version_id = cleaning.text(value.get("id"), "versions", 64, notes)
    said = cleaning.storable_json(value.get("openapi_schema"), "versions", notes)
    schema = schemas.within_limits(said, notes)
    if not version_id or schema is None:
        return None
    return VersionFacts(
        version_id=version_id,
        openapi_schema=schema,
        created_at=cleaning.moment(value.get("created_at"), "versions", notes),
        cog_version=cleaning.text(value.get("cog_version"), "versions", 64, notes),
    )


def _example(value: Any, notes: list[str]) -> ExampleFacts | None:
    """The default example, unless it failed or its data was removed."""
    if not isinstance(value, dict) or value.get("data_removed") is True:
        return None
    source_id = cleaning.text(value.get("id"), "examples", 64, notes)
    if not source_id or not isinstance(value.get("input"), dict) or value.get("error"):
        return None
    metrics = value.get("metrics")
    seconds = metrics.get("predict_time") if isinstance(metrics, dict) else None
    return ExampleFacts(
        source_id=source_id,
        version_id=cleaning.text(value.get("version"), "examples", 64, notes),
        input=_storable(value["input"], "examples", notes),
        output=_storable(value.get("output"), "examples", notes),
        seconds=cleaning.real_number(seconds, "examples", notes),
        created_at=cleaning.moment(value.get("created_at"), "examples", notes),
    )


def _storable(value: Any, field: str, notes: list[str]) -> Any:
    return schemas.shortened(cleaning.storable_json(value, field, notes), field, notes)
