"""The facts table of a model: each value with where it comes from and when it was read."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from catalog.models import AIModel, LicenseClass
from catalog.provenance import IMPORTED_FIELDS, RELATIONS, FieldOrigin

from . import figures, memory, words
from .address import searching

MOST_VALUES = 12
# What the API calls some fields otherwise than the database does.
API_NAMES = {
    "summary": "description",
    "code_url": "github_url",
    "cover_url": "cover_image_url",
    "base_model_names": "base_models",
    "source_updated_at": "updated_at",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One line: `field` is the model's; several values stand in `links` as (label, url)."""

    field: str
    title: str
    value: str = ""  # empty: not reported
    exact: str = ""
    url: str = ""
    links: tuple[tuple[str, str], ...] = ()
    license_class: str = ""
    moment: datetime | None = None
    source: str = ""
    read_on: str = ""
    note: str = ""

    @property
    def is_known(self) -> bool:
        return bool(self.value or self.links)


@dataclass(frozen=True, slots=True)
class FactGroup:
    title: str
    facts: list[Fact]


def of(ai_model: AIModel, origins: Mapping[str, FieldOrigin]) -> list[FactGroup]:
    """`origins` as provenance.of() answers it."""
    groups = [
        FactGroup(_("What it takes"), _sizes(ai_model)),
        FactGroup(_("What it permits"), _permits(ai_model)),
        FactGroup(_("What it is"), _kinds(ai_model)),
        FactGroup(_("How it is used"), _counters(ai_model)),
    ]
    return [
        FactGroup(group.title, [_with_origin(fact, origins) for fact in group.facts])
        for group in groups
    ]


def sources(ai_model: AIModel, origins: Mapping[str, FieldOrigin]) -> list[tuple[str, str]]:
    """Each imported field that has a value, under the API's name for it, with whose word it is."""
    held = {name: getattr(ai_model, _column(name)) for name in IMPORTED_FIELDS}
    return [
        (API_NAMES.get(name, name), _told(origins[name]))
        for name, value in held.items()
        if value not in (None, "", []) and (name, value) != ("license_class", LicenseClass.UNKNOWN)
    ]


def _column(name: str) -> str:
    return f"{name}_id" if name in RELATIONS else name


def _told(origin: FieldOrigin) -> str:
    """As in: Hugging Face, Oct. 1, 2026; cut."""
    said = [_speaker(origin), figures.day(origin.read_at)]
    return "; ".join(part for part in (", ".join(filter(None, said)), origin.note) if part)


def _speaker(origin: FieldOrigin) -> str:
    return _("a curator here") if origin.is_curated else origin.source_label


def _with_origin(fact: Fact, origins: Mapping[str, FieldOrigin]) -> Fact:
    origin = origins.get(fact.field)
    if origin is None or not fact.is_known:
        return fact
    read_on = figures.day(origin.read_at)
    return replace(fact, source=_speaker(origin), read_on=read_on, note=origin.note)


def _sizes(ai_model: AIModel) -> list[Fact]:
    facts = [
        _amount("parameters", _("Parameters"), ai_model.parameters, figures.parameters),
        _amount(
            "active_parameters",
            _("Active parameters"),
            ai_model.active_parameters,
            figures.parameters,
        ),
        _amount("context_length", _("Context"), ai_model.context_length, figures.tokens),
        _memory(ai_model),
        _amount(
            "memory_bytes",
            _("Memory, says its source"),
            ai_model.memory_bytes,
            figures.size,
        ),
        _amount("storage_bytes", _("Size on disk"), ai_model.storage_bytes, figures.size),
    ]
    optional = ("active_parameters", "memory_bytes")
    return [fact for fact in facts if fact.is_known or fact.field not in optional]


def _memory(ai_model: AIModel) -> Fact:
    """Reckoned here, with the arithmetic."""
    found = vars(ai_model)
    size = memory.total(found)
    return Fact(
        "memory_estimate",
        _("Memory to run it"),
        value="" if size is None else memory.about(size),
        exact=memory.arithmetic(found),
    )


def _permits(ai_model: AIModel) -> list[Fact]:
    holder = ai_model.license_from or ai_model
    facts = [
        Fact(
            "license",
            _("License"),
            value=holder.license.name if holder.license else holder.license_text,
            url=searching(license=holder.license_id) if holder.license_id else "",
            license_class=ai_model.permits,
        ),
        Fact("gate", _("Access"), value=ai_model.get_gate_display() if ai_model.gate else ""),
    ]
    return [fact for fact in facts if fact.is_known or fact.field == "license"]


def _kinds(ai_model: AIModel) -> list[Fact]:
    facts = [
        _choice("task", _("Task"), ai_model.task_id),
        _choice("library", _("Library"), ai_model.library_id),
        _choices("languages", _("Languages"), "language", ai_model.languages),
        _choices("capabilities", _("Capabilities"), "capability", ai_model.capabilities),
        Fact("formats", _("Formats"), value=", ".join(ai_model.formats)),
        Fact("datasets", _("Trained on"), value=", ".join(ai_model.datasets[:12])),
        _moment("published_at", _("Published"), ai_model.published_at),
        _moment("source_updated_at", _("Updated"), ai_model.source_updated_at),
    ]
    optional = ("languages", "capabilities", "formats", "datasets")
    return [fact for fact in facts if fact.is_known or fact.field not in optional]


def _counters(ai_model: AIModel) -> list[Fact]:
    facts = [
        _amount("downloads", _("Downloads"), ai_model.downloads, figures.compact),
        _amount("likes", _("Likes"), ai_model.likes, figures.compact),
        _amount("runs", _("Runs"), ai_model.runs, figures.compact),
    ]
    known = [fact for fact in facts if fact.is_known] or facts[:1]
    return [*known, _own_likes(ai_model)] if ai_model.own_likes else known


def _own_likes(ai_model: AIModel) -> Fact:
    """Apart from what its source counts, and never added to that."""
    counted = _amount("own_likes", _("Likes here"), ai_model.own_likes, figures.compact)
    return replace(counted, source=_("Counted on this installation"))


def _amount(field: str, title: str, amount: int | None, written: Any) -> Fact:
    """With the whole number behind the short one; of bytes that would say nothing more."""
    value = written(amount)
    exact = "" if amount is None or written is figures.size else figures.whole(amount)
    return Fact(field, title, value=value, exact="" if exact == value else exact)


def _choice(field: str, title: str, value: str | None) -> Fact:
    if not value:
        return Fact(field, title)
    return Fact(field, title, value=words.label(field, value), url=searching(**{field: value}))


def _choices(field: str, title: str, name: str, values: list[str]) -> Fact:
    shown = values[:MOST_VALUES]
    links = tuple((words.label(name, value), searching(**{name: value})) for value in shown)
    more = len(values) - len(shown)
    exact = _("and %(count)s more") % {"count": more} if more else ""
    return Fact(field, title, links=links, exact=exact)


def _moment(field: str, title: str, moment: datetime | None) -> Fact:
    return Fact(field, title, value=figures.day(moment), exact=figures.ago(moment), moment=moment)
