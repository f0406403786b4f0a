"""The filters beside the results: values with their counts, and what fits which machine."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from catalog.search import FacetValue, Query

from . import figures, words
from .address import Address

GROUPS = (
    "task",
    "license_class",
    "library",
    "license",
    "language",
    "publisher",
    "source",
    "tag",
    "capability",
)
OPEN_AT_FIRST = ("task", "license_class", "library")
SHOWN_AT_FIRST = 8
GIGABYTE = 10**9

Names = Mapping[str, str]
Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Group:
    """`choices` are list items: a page has up to eighty, which a template takes longer to print
    than the engine to count. What is asked for or ruled out is always among them.
    """

    name: str
    title: str
    choices: SafeString
    is_open: bool
    all_url: str  # the page of all values, when there are more


@dataclass(frozen=True, slots=True)
class Preset:
    label: str
    url: str
    is_chosen: bool


def of(query: Query, counted: dict[str, list[FacetValue]], address: Address) -> list[Group]:
    """The groups that have anything to choose."""
    groups = [group(name, query, counted.get(name, []), address) for name in GROUPS]
    return [one for one in groups if one.choices]


def group(
    name: str,
    query: Query,
    counted: list[FacetValue],
    address: Address,
    shown: int = SHOWN_AT_FIRST,
) -> Group:
    wanted, unwanted = query.any_of.get(name, ()), query.none_of.get(name, ())
    counts = {found.value: found.count for found in counted}
    rest = [value for value in counts if value not in wanted and value not in unwanted]
    names, no = words.names(name), escape(_("Not"))
    lines = [
        *(_chosen(name, value, names, counts) for value in wanted),
        *(_ruled_out(name, value, names, counts, no) for value in unwanted),
        *(_choice(name, value, names, counts, no) for value in rest[:shown]),
    ]
    return Group(
        name=name,
        title=words.title(name),
        choices=mark_safe("".join(lines)),  # noqa: S308 - every part is escaped
        is_open=bool(wanted or unwanted) or name in OPEN_AT_FIRST,
        all_url=address.url(route="facet", args=(name,)) if len(rest) > shown else "",
    )


def _chosen(name: str, value: str, names: Names, counts: Counts) -> str:
    return (
        f'<li><label><input type="checkbox" name="{name}" value="{escape(value)}" checked>'
        f"<span>{escape(names.get(value, value))}</span>{_count(value, counts)}</label></li>"
    )


def _ruled_out(name: str, value: str, names: Names, counts: Counts, no: str) -> str:
    return (
        f'<li class="excluded"><label>'
        f'<input type="checkbox" name="{name}" value="-{escape(value)}" checked>'
        f"<span>{no}: {escape(names.get(value, value))}</span>{_count(value, counts)}</label></li>"
    )


def _choice(name: str, value: str, names: Names, counts: Counts, no: str) -> str:
    safe, label = escape(value), escape(names.get(value, value))
    return (
        f'<li><label><input type="checkbox" name="{name}" value="{safe}">'
        f"<span>{label}</span>{_count(value, counts)}</label>"
        f'<button class="not" type="submit" name="{name}" value="-{safe}" '
        f'aria-label="{no}: {label}">{no}</button></li>'
    )


def _count(value: str, counts: Counts) -> str:
    shown = figures.whole(counts[value]) if value in counts else ""
    return f'<span class="count">{escape(shown)}</span>'


def parameter_presets(address: Address) -> list[Preset]:
    bounds = [("", "1B"), ("1B", "4B"), ("4B", "10B"), ("10B", "40B"), ("40B", "")]
    labels = ["< 1B", "1-4B", "4-10B", "10-40B", "> 40B"]
    return [
        _preset(label, address, {"params_min": least, "params_max": most})
        for label, (least, most) in zip(labels, bounds, strict=True)
    ]


def memory_presets(address: Address) -> list[Preset]:
    return [
        _preset(_("%(size)s GB") % {"size": size}, address, {"memory_max": f"{size}GB"})
        for size in (8, 16, 24, 48, 80)
    ]


def context_presets(address: Address) -> list[Preset]:
    sizes = {"8K": "8192", "32K": "32768", "128K": "131072", "1M": "1000000"}
    return [
        _preset(f"≥ {label}", address, {"context_min": value}) for label, value in sizes.items()
    ]


def _preset(label: str, address: Address, filters: dict[str, str]) -> Preset:
    """A link that sets these filters, or takes them away again when they are set."""
    is_chosen = all(address.get(name).lower() == value.lower() for name, value in filters.items())
    wanted = address
    for name, value in filters.items():
        wanted = wanted.having(name, "" if is_chosen else value)
    return Preset(label=label, url=wanted.url(), is_chosen=is_chosen)
