"""The other forms of a search, for programs: feed, CSV, JSON lines, Markdown."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from catalog.search import FACETS

from . import words
from .address import Address

# A feed has an order of its own.
FEED_SORTS = ("updated",)


@dataclass(frozen=True, slots=True)
class Doors:
    csv_url: str
    jsonl_url: str
    feed_url: str
    feed_title: str
    total: str  # empty when there is nothing to download


def of(address: Address, total: str) -> Doors:
    """`total` as figures.whole() writes how many fit."""
    return Doors(
        csv_url=address.url(route="models_csv"),
        jsonl_url=address.url(route="models_jsonl"),
        feed_url=feed_address(address).url(route="models_feed"),
        feed_title=title(address),
        total="" if total == "0" else total,
    )


def feed_address(address: Address) -> Address:
    """Without an order that a feed does not have: one feed shall have one address."""
    return address if address.get("sort") in FEED_SORTS else address.without("sort")


def title(address: Address) -> str:
    """A search in words: Slipway models: “whisper”, Task: Text to Speech, not Library: Keras."""
    said = [_said(name, value) for name, value in address.pairs if name != "sort"]
    return ": ".join(filter(None, [_("Slipway models"), ", ".join(said)]))


def _said(name: str, value: str) -> str:
    if name == "q":
        return f"“{value}”"
    is_excluded = name in FACETS and value.startswith("-")
    bare = value[1:] if is_excluded else value
    said = {"name": words.title(name), "value": words.label(name, bare)}
    return (_("not %(name)s: %(value)s") if is_excluded else _("%(name)s: %(value)s")) % said
