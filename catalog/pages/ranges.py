"""The filters that are no lists of values: what fits which memory, sizes, prices, dates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from catalog import hardware, memory, prices
from catalog.models import Offer
from catalog.search import Query

from . import figures, words
from .address import Address
from .memory import machine
from .remembered import remembered

# Asked for rarely enough to stand folded away until one of them is set.
FOLDED = (
    *("active_params_min", "active_params_max", "context_max", "memory_min", "memory_max"),
    "updated_since",
)
CURRENT = ' aria-current="true"'
PRICED = ("price_min", "price_max", "price_unit", "has_price")
WRITTEN = (
    *("params_min", "params_max", "context_min", "fits", "price_max"),
    *FOLDED,
)


@dataclass(frozen=True, slots=True)
class Preset:
    label: str
    url: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranges:
    """`written` holds what was typed, by parameter. Presets and options are printed here: there
    are some fifty, and a template takes several times longer over them.
    """

    written: dict[str, str]
    fits: SafeString
    contexts: SafeString
    machine: str
    is_for_this_machine: bool
    parameters: SafeString
    context_lengths: SafeString
    updated: SafeString
    is_unfolded: bool
    has_prices: bool
    prices: SafeString
    price_units: SafeString


def of(query: Query, address: Address) -> Ranges:
    return Ranges(
        written={name: address.get(name) for name in WRITTEN},
        fits=_presets(_fits(address)),
        contexts=_options(_contexts(query)),
        machine=machine(hardware.here()),
        is_for_this_machine=query.devices is not None,
        parameters=_presets(_parameters(address)),
        context_lengths=_presets(_context_lengths(address)),
        updated=_presets(_updated(address)),
        is_unfolded=any(address.get(name) for name in FOLDED),
        has_prices=_has_offers() or any(address.get(name) for name in PRICED),
        prices=_presets(_prices(address)),
        price_units=_options(_units(query)),
    )


def _presets(presets: Sequence[Preset]) -> SafeString:
    lines = (
        f'<li><a href="{escape(one.url)}" rel="nofollow"'
        f"{CURRENT if one.is_chosen else ''}>{escape(one.label)}</a></li>"
        for one in presets
    )
    return mark_safe("".join(lines))  # noqa: S308 - every part is escaped  # nosec B308 B703


def _options(options: Sequence[Option]) -> SafeString:
    lines = (
        f'<option value="{escape(one.value)}"{" selected" if one.is_chosen else ""}>'
        f"{escape(one.label)}</option>"
        for one in options
    )
    return mark_safe("".join(lines))  # noqa: S308 - every part is escaped  # nosec B308 B703


def _units(query: Query) -> list[Option]:
    """The usual one is left out of addresses."""
    return [
        Option("" if unit == prices.USUAL_UNIT else unit, title, unit == query.price_unit)
        for unit, title in words.price_units().items()
    ]


def prices_of(ids: Sequence[int], unit: str) -> dict[int, str]:
    """The lowest price of each of these models for one unit, in words."""
    words_of_unit = words.price_units()[unit]
    found = Offer.lowest_of(ids)
    return {
        pk: _("%(price)s for %(unit)s")
        % {
            "price": figures.money(prices.in_dollars(lowest[unit]), prices.CURRENCY),
            "unit": words_of_unit,
        }
        for pk, lowest in found.items()
        if unit in lowest
    }


@remembered(seconds=60)
def _has_offers() -> bool:
    return Offer.objects.exists()


def _fits(address: Address) -> list[Preset]:
    return [
        _preset(_("%(size)s GB") % {"size": size}, address, {"fits": f"{size}GB"})
        for size in (8, 16, 24, 48, 80)
    ]


def _contexts(query: Query) -> list[Option]:
    """As they are written in an address: 32k. The usual one is left out of it."""
    return [
        Option(
            value="" if size == memory.USUAL_CONTEXT else f"{size // 1024}k",
            label=figures.tokens(size),
            is_chosen=size == query.context,
        )
        for size in memory.CONTEXTS
    ]


def _parameters(address: Address) -> list[Preset]:
    bounds = [("", "1B"), ("1B", "4B"), ("4B", "10B"), ("10B", "40B"), ("40B", "")]
    labels = ["< 1B", "1-4B", "4-10B", "10-40B", "> 40B"]
    return [
        _preset(label, address, {"params_min": least, "params_max": most})
        for label, (least, most) in zip(labels, bounds, strict=True)
    ]


def _context_lengths(address: Address) -> list[Preset]:
    sizes = {"8K": "8192", "32K": "32768", "128K": "131072", "1M": "1000000"}
    return [
        _preset(f"≥ {label}", address, {"context_min": value}) for label, value in sizes.items()
    ]


def _updated(address: Address) -> list[Preset]:
    today = timezone.now().date()
    spans = {_("past month"): 30, _("past year"): 365}
    return [
        _preset(label, address, {"updated_since": str(today - timedelta(days=days))})
        for label, days in spans.items()
    ]


def _prices(address: Address) -> list[Preset]:
    amounts = {_("Free"): "0", "≤ $0.10": "0.1", "≤ $0.50": "0.5", "≤ $2": "2"}
    return [_preset(label, address, {"price_max": value}) for label, value in amounts.items()]


def _preset(label: str, address: Address, filters: dict[str, str]) -> Preset:
    """A link that sets these filters, or takes them away again when they are set."""
    is_chosen = all(address.get(name).lower() == value.lower() for name, value in filters.items())
    wanted = address
    for name, value in filters.items():
        wanted = wanted.having(name, "" if is_chosen else value)
    return Preset(label=label, url=wanted.url(), is_chosen=is_chosen)
