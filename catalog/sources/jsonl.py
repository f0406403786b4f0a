"""Normalised lines: one JSON object a line with the Hub's ids, as listings of it are merged.

Also the last step for the Hub's own wire format, which huggingface.py turns into such a line.
"""

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from catalog import vocabulary
from catalog.models import Source

from . import cards, cleaning, tags
from .record import Record, Rejected

GIGABYTE = 1_000_000_000
MOST_LANGUAGES = 200
_LABEL_MONTH = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?$")
_GATES = {"auto": "auto", "manual": "manual", "true": "auto", "false": "none", "none": "none"}


def normalise(line: dict[str, Any], read_at: datetime) -> Record:
    """The record of one line. Raises Rejected without an id that names a model."""
    source = _source(line)
    source_id, owner, name = identity(line.get("id"), source)
    record = Record(
        source=source,
        source_id=source_id,
        owner=owner,
        name=name,
        url=_url(source, source_id, line),
        read_at=read_at,
    )
    _date_by_label(record, line.get("sources"))
    found = tags.sorted_out(line.get("tags"), record.notes)
    record.values = cleaning.filled(
        {
            **_status(line),
            **_kind(line, found, record.notes),
            **_license(line, found, record.notes),
            **_lists(line, found, record.notes),
            **_base(line, found, record.notes),
            **_sizes(line, record.notes),
            **_counters(line, record.notes),
            **_dates(line, record.notes),
            "summary": cleaning.text(line.get("summary"), "summary", 2_000, record.notes),
        }
    )
    if cleaning.flag(line.get("tags_derived")):
        record.notes.append("tags: derived by the listing, not written by the publisher")
    record.card = cards.card_of(line.get("card"), record.notes)
    return record


def identity(value: Any, source: Source) -> tuple[str, str, str]:
    """The id, the owner and the name that `value`, "owner/name" or "name", stands for."""
    if not isinstance(value, str) or not value.strip():
        raise Rejected("It has no id; a record needs one, as in owner/name.")
    source_id = cleaning.without_unstorable(value, "id", []).strip()
    owner, slash, name = source_id.rpartition("/")
    if not slash:
        owner = str(source.value)
    if not owner or not name or "/" in owner:
        raise Rejected(f"Its id {value[:100]!r} is not owner/name.")
    if len(owner) > 100 or len(name) > 256 or re.search(r"\s", source_id):
        raise Rejected(
            f"Its id {value[:100]!r} is no name; an owner has at most 100 characters, "
            "a name at most 256, and no spaces."
        )
    return source_id, owner, name


def _source(line: dict[str, Any]) -> Source:
    value = line.get("source")
    return Source(value) if value in Source.values else Source.HUGGINGFACE


def _url(source: Source, source_id: str, line: dict[str, Any]) -> str:
    if source == Source.HUGGINGFACE:
        return f"https://huggingface.co/{quote(source_id)}"[:500]
    return cleaning.url(line.get("url"), "url", [])


def _date_by_label(record: Record, labels: Any) -> None:
    """A listing's label ends in the month it was made; the newest tells when this was so."""
    for label in cleaning.words(labels, "sources", record.notes):
        month = _label_moment(label)
        if month and (not record.origin or month > record.read_at):
            record.origin, record.read_at = label, month


def _label_moment(label: str) -> datetime | None:
    match = _LABEL_MONTH.search(label)
    if not match:
        return None
    try:
        return datetime(int(match[1]), int(match[2]), int(match[3] or 1), tzinfo=UTC)
    except ValueError:
        return None


def _status(line: dict[str, Any]) -> dict[str, Any]:
    """Removed at the source stays as a tombstone: a deployment may refer to it."""
    if cleaning.flag(line.get("removed")):
        return {"status": "removed"}
    if cleaning.flag(line.get("private")) or cleaning.flag(line.get("disabled")):
        return {"status": "hidden"}
    return {}


def _kind(line: dict[str, Any], found: tags.Tags, notes: list[str]) -> dict[str, Any]:
    task = cleaning.text(line.get("pipeline_tag"), "task", 100, notes)
    library = cleaning.text(line.get("library_name"), "library", 100, notes)
    task_id = vocabulary.task_of(task) if task else None
    library_id = vocabulary.library_of(library) if library else None
    if task and not task_id:
        notes.append(f"task: dropped, {task!r} is not in the vocabulary")
    if library and not library_id:
        notes.append(f"library: dropped, {library!r} is not in the vocabulary")
    repeated = {word.lower() for word in (task, library, task_id, library_id) if word}
    return {
        "task": task_id,
        "library": library_id,
        "tags": [tag for tag in found.plain if tag.lower() not in repeated],
        "gate": _GATES.get(str(line.get("gated")).lower(), ""),
    }


def _license(line: dict[str, Any], found: tags.Tags, notes: list[str]) -> dict[str, Any]:
    said = cleaning.words(line.get("license"), "license", notes, longest=200) or found.licenses
    if not said:
        return {}
    raw = cleaning.text(", ".join(said), "license_text", 200, notes)
    license_id = next(filter(None, map(vocabulary.license_of, said)), None)
    return {
        "license": license_id,
        "license_text": raw,
        "license_class": vocabulary.license_class_of(license_id) if license_id else "unknown",
        "license_url": cleaning.url(line.get("license_link"), "license_url", notes),
    }


def _lists(line: dict[str, Any], found: tags.Tags, notes: list[str]) -> dict[str, Any]:
    datasets = cleaning.words(line.get("datasets"), "datasets", notes, most=100, longest=200)
    papers = [*found.papers, *cleaning.words(line.get("papers"), "papers", notes)]
    return {
        "languages": _languages(line.get("languages"), notes) or found.languages,
        "formats": cleaning.words(line.get("formats"), "formats", notes) or found.formats,
        "datasets": datasets or found.datasets,
        "papers": cleaning.words(papers, "papers", notes),
        "regions": found.regions,
        "capabilities": cleaning.words(line.get("capabilities"), "capabilities", notes),
        "paper_url": f"https://arxiv.org/abs/{papers[0]}" if papers else "",
    }


def _languages(value: Any, notes: list[str]) -> list[str]:
    """ISO codes. YAML reads Norwegian's `no` as False, and some listings write it so."""
    if not isinstance(value, list):
        value = [] if value is None else [value]
    said = ["no" if language is False else language for language in value]
    spellings = cleaning.words(said, "languages", notes, most=MOST_LANGUAGES)
    codes = [code for spelling in spellings if (code := vocabulary.language_of(spelling))]
    return list(dict.fromkeys(codes))


def _base(line: dict[str, Any], found: tags.Tags, notes: list[str]) -> dict[str, Any]:
    said = line.get("base_model")
    if isinstance(said, str):
        said = said.split(",")
    names = cleaning.words(said, "base_model_names", notes, most=20, longest=300) or found.bases
    relation = cleaning.text(line.get("base_relation"), "base_relation", 20, notes)
    known = relation if relation in tags.RELATIONS else found.relation
    return {
        "base_model_names": cleaning.words(names, "base_model_names", notes, most=20, longest=300),
        "base_relation": known if names else "",
    }


def _sizes(line: dict[str, Any], notes: list[str]) -> dict[str, Any]:
    gigabytes = cleaning.real_number(line.get("min_vram_gb"), "memory_bytes", notes)
    memory = round(gigabytes * GIGABYTE) if gigabytes else None
    return {
        "parameters": cleaning.whole_number(line.get("parameters"), "parameters", notes) or None,
        "active_parameters": cleaning.whole_number(
            line.get("active_parameters"), "active_parameters", notes
        ),
        "context_length": cleaning.whole_number(line.get("context_length"), "context_length", notes)
        or None,
        "storage_bytes": cleaning.whole_number(line.get("storage_bytes"), "storage_bytes", notes),
        "memory_bytes": cleaning.whole_number(memory, "memory_bytes", notes),
    }


def _counters(line: dict[str, Any], notes: list[str]) -> dict[str, Any]:
    return {
        "downloads": cleaning.whole_number(line.get("downloads"), "downloads", notes),
        "likes": cleaning.whole_number(line.get("likes"), "likes", notes),
        "runs": cleaning.whole_number(line.get("runs"), "runs", notes),
        "trending_score": cleaning.real_number(line.get("trending_score"), "trending_score", notes),
    }


def _dates(line: dict[str, Any], notes: list[str]) -> dict[str, Any]:
    return {
        "published_at": cleaning.iso_moment(line.get("created_at"), "published_at", notes),
        "source_updated_at": cleaning.iso_moment(
            line.get("last_modified"), "source_updated_at", notes
        ),
        "revision": cleaning.text(line.get("sha"), "revision", 64, notes),
    }
