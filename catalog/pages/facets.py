"""The filters beside the results that list values with their counts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from catalog import search, vocabulary
from catalog.search import FacetValue, Query

from . import figures, words
from .address import Address

GROUPS = (
    "task",
    "capability",
    "license_class",
    "library",
    "license",
    "language",
    "publisher",
    "source",
    "tag",
)
OPEN_AT_FIRST = ("task", "capability", "license_class")
# Facets of few values, each of which is shown even when nothing has it.
WHOLE = {
    "license_class": vocabulary.LICENSE_CLASSES,
    "capability": tuple(one.id for one in vocabulary.CAPABILITIES[:6]),
}
SHOWN_AT_FIRST = 8

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
    later_url: str = ""  # the values of a closed group, which are counted when it is opened


def counted_at_once(query: Query) -> tuple[str, ...]:
    """The groups that stand open: counting the others costs more than all else on the page."""
    return tuple(name for name in GROUPS if _is_open(name, query))


def of(query: Query, counted: dict[str, list[FacetValue]], address: Address) -> list[Group]:
    """The groups that have anything to choose, as far as that is known."""
    groups = [
        group(name, query, _whole(name, counted), address)
        if _is_open(name, query)
        else _closed(name, address)
        for name in GROUPS
    ]
    return [one for one in groups if one.choices or one.later_url]


def counted(name: str, query: Query, text: str, *, most: int) -> list[FacetValue]:
    """The values that hold this text, in what they are called where that is something else."""
    names = words.names(name)
    asked = replace(query, facet_text="" if names else text, facet_limit=most)
    found = search.find(asked).facets.get(name, [])
    if not names or not text:
        return found
    wanted = text.casefold()
    return [
        one
        for one in found
        if wanted in f"{one.value} {names.get(one.value, '')}".casefold() or one.is_selected
    ]


def _whole(name: str, counted: dict[str, list[FacetValue]]) -> list[FacetValue]:
    """The counted values, and those that nothing has where that is worth knowing."""
    if name not in counted:
        return []
    known = {found.value for found in counted[name]}
    missing = (value for value in WHOLE.get(name, ()) if value not in known)
    return [*counted[name], *(FacetValue(value, 0) for value in missing)]


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
        choices=mark_safe("".join(lines)),  # noqa: S308 - every part is escaped  # nosec B308 B703
        is_open=_is_open(name, query),
        all_url=address.url(route="facet", args=(name,)) if len(rest) > shown else "",
    )


def _closed(name: str, address: Address) -> Group:
    url = address.url(route="facet", args=(name,))
    return Group(name, words.title(name), SafeString(), is_open=False, all_url="", later_url=url)


def _is_open(name: str, query: Query) -> bool:
    has_choice = query.any_of.get(name) or query.none_of.get(name)
    return bool(has_choice) or name in OPEN_AT_FIRST


def _chosen(name: str, value: str, names: Names, counts: Counts) -> str:
    return (
        f"<li{_dim(value, counts)}><label>"
        f'<input type="checkbox" name="{name}" value="{escape(value)}" checked>'
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
        f'<li{_dim(value, counts)}><label><input type="checkbox" name="{name}" value="{safe}">'
        f"<span>{label}</span>{_count(value, counts)}</label>"
        f'<button class="not" type="submit" name="{name}" value="-{safe}" '
        f'aria-label="{no}: {label}">{no}</button></li>'
    )


def _dim(value: str, counts: Counts) -> str:
    return "" if counts.get(value, 1) else ' class="none"'


def _count(value: str, counts: Counts) -> str:
    shown = figures.whole(counts[value]) if value in counts else ""
    return f'<span class="count">{escape(shown)}</span>'
