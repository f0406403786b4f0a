"""The filters beside the results: values with their counts, and what fits which machine."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypedDict

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


class Choice(TypedDict):
    """A dictionary, because templates look those up several times faster than objects."""

    value: str
    label: str
    count: str
    is_excluded: bool


@dataclass(frozen=True, slots=True)
class Group:
    """`chosen` are asked for or ruled out and never vanish, whatever their count."""

    name: str
    title: str
    chosen: list[Choice]
    choices: list[Choice]
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
    return [one for one in groups if one.chosen or one.choices]


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
    names = words.names(name)
    return Group(
        name=name,
        title=words.title(name),
        chosen=[
            *(_choice(value, names, counts) for value in wanted),
            *(_choice(value, names, counts, is_excluded=True) for value in unwanted),
        ],
        choices=[_choice(value, names, counts) for value in rest[:shown]],
        is_open=bool(wanted or unwanted) or name in OPEN_AT_FIRST,
        all_url=address.url(route="facet", args=(name,)) if len(rest) > shown else "",
    )


def _choice(
    value: str, names: Mapping[str, str], counts: Mapping[str, int], *, is_excluded: bool = False
) -> Choice:
    return Choice(
        value=value,
        label=names.get(value, value),
        count=figures.whole(counts[value]) if value in counts else "",
        is_excluded=is_excluded,
    )


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
