"""Normalised lines: one JSON object a line with the Hub's ids, as listings of it are merged.

Also the last step for the Hub's own wire format, which huggingface.py turns into such a line.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from catalog import vocabulary
from catalog.models import Source

from . import cards, cleaning, sizes, tags
from .record import Record, Rejected

GIGABYTE = 1_000_000_000
MOST_LANGUAGES = 200
MOST_ALIASES, LONGEST_ALIAS = 50, 100
_LABEL_MONTH = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?$")
_SAYS_NOTHING = frozenset({"other", "unknown", "generic", "custom", "none"})
_GATES = {"auto": "auto", "manual": "manual", "true": "auto", "false": "none"}


def normalise(line: dict[str, Any], read_at: datetime) -> Record:
    """The record of one line. Raises Rejected without an id that names a model."""
    source_id, owner, name = identity(line.get("id"), Source.HUGGINGFACE)
    record = Record(
        source=Source.HUGGINGFACE,
        source_id=source_id,
        owner=owner,
        name=name,
        url=f"https://huggingface.co/{quote(source_id)}"[:500],
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
            **_sizes(line, name, record.notes),
            **_counters(line, record.notes),
            **_dates(line, record.notes),
            "summary": cleaning.text(line.get("summary"), "summary", 2_000, record.notes),
        }
    )
    if cleaning.flag(line.get("tags_derived")):
        record.notes.append("tags: derived by the listing, not written by the publisher")
    cards.add(record, {"text": line.get("card")})
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


def id_of(line: dict[str, Any]) -> Any:
    return line.get("id")


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
    """Task and library, from a tag that is one where the field is empty."""
    task = _known(line.get("pipeline_tag"), "task", vocabulary.task_of, notes)
    library = _known(line.get("library_name"), "library", vocabulary.library_of, notes)
    if not task and (task := _tagged(found.plain, _TASKS)):
        notes.append("task: read from its tags")
    if not library and (library := _tagged(found.plain, _LIBRARIES)):
        notes.append("library: read from its tags")
    said = [line.get("pipeline_tag"), line.get("library_name")]
    repeated = [task, library, *(word for word in said if isinstance(word, str))]
    return {
        "task": task,
        "library": library,
        "tags": found.without(repeated),
        "gate": _GATES.get(str(line.get("gated")).lower(), ""),
    }


_TASKS = frozenset(task.id for task in vocabulary.tasks())
# The one that most of the Hub's models are loaded with; other libraries' names are loose words.
_LIBRARIES = frozenset({"transformers", "diffusers", "sentence-transformers", "peft", "timm"})


def _known(
    value: Any, field: str, known_as: Callable[[object], str | None], notes: list[str]
) -> str | None:
    said = cleaning.text(value, field, 100, notes)
    found = known_as(said)
    if said and not found and said.lower() not in _SAYS_NOTHING:
        notes.append(f"{field}: dropped, {said!r} is not in the vocabulary")
    return found


def _tagged(plain: list[str], words: frozenset[str]) -> str | None:
    return next((tag for tag in plain if tag in words), None)


def _license(line: dict[str, Any], found: tags.Tags, notes: list[str]) -> dict[str, Any]:
    said = cleaning.words(line.get("license"), "license", notes, longest=200) or found.licenses
    if not said:
        return {}
    raw = cleaning.text(", ".join(said), "license_text", 200, notes)
    return {
        "license": vocabulary.license_of(said),
        "license_text": raw,
        "license_class": vocabulary.license_class_of(said),
        "license_url": cleaning.url(line.get("license_link"), "license_url", notes),
    }


def _lists(line: dict[str, Any], found: tags.Tags, notes: list[str]) -> dict[str, Any]:
    datasets = cleaning.words(line.get("datasets"), "datasets", notes, most=100, longest=200)
    papers = [*found.papers, *cleaning.words(line.get("papers"), "papers", notes)]
    return {
        "languages": _languages(line.get("languages") or found.languages, notes),
        "formats": cleaning.words(line.get("formats"), "formats", notes)
        or list(dict.fromkeys(found.formats)),
        "datasets": datasets or found.datasets,
        "papers": cleaning.words(papers, "papers", notes),
        "regions": cleaning.words(found.regions, "regions", notes),
        "aliases": cleaning.words(
            line.get("aliases"), "aliases", notes, most=MOST_ALIASES, longest=LONGEST_ALIAS
        ),
        "capabilities": _capabilities(line, found, notes),
        "paper_url": _paper_url(papers, found.dois),
    }


def _paper_url(papers: list[str], dois: list[str]) -> str:
    if papers:
        return f"https://arxiv.org/abs/{quote(papers[0])}"
    return f"https://doi.org/{quote(dois[0])}"[:500] if dois else ""


def _capabilities(line: dict[str, Any], found: tags.Tags, notes: list[str]) -> list[str]:
    said = cleaning.words(line.get("capabilities"), "capabilities", notes)
    known = [capability for word in said if (capability := tags.capability_of(word))]
    return cleaning.words([*known, *found.capabilities], "capabilities", notes)


def _languages(value: Any, notes: list[str]) -> list[str]:
    """ISO codes, from codes and names."""
    if not isinstance(value, list):
        value = [] if value is None else [value]
    codes = [code for language in value if (code := vocabulary.language_of(language))]
    return cleaning.words(codes, "languages", notes, most=MOST_LANGUAGES)


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


def _sizes(line: dict[str, Any], name: str, notes: list[str]) -> dict[str, Any]:
    gigabytes = cleaning.real_number(line.get("min_vram_gb"), "memory_bytes", notes)
    memory = round(gigabytes * GIGABYTE) if gigabytes else None
    active = cleaning.whole_number(line.get("active_parameters"), "active_parameters", notes)
    return {
        "parameters": cleaning.whole_number(line.get("parameters"), "parameters", notes) or None,
        "active_parameters": active or sizes.active_parameters(name, notes),
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
