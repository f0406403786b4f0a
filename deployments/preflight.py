"""What a deployment would be, before the click: whether it fits, why, and what it costs."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.models import Version
from catalog.pages import figures
from deployments.lifecycle import capacity
from deployments.models import Bundle, Environment, Hardware

HOUR, DAY = 3600, 86_400


@dataclass(frozen=True)
class Preflight:
    """`fits`: now; `is_possible`: with nothing else running. Costs are of all instances, awake."""

    fits: bool
    is_possible: bool
    lines: tuple[str, ...]
    made: tuple[str, ...]
    per_hour: Decimal
    per_day: Decimal
    currency: str


def check(version: Version, hardware: Hardware, instances: int = 1) -> Preflight:
    bundle: Bundle | None = getattr(version, "bundle", None)
    room = capacity.room(hardware, instances=instances)
    lines = list(room.lines)
    is_large_enough = bundle is not None and bundle.memory <= hardware.memory
    if bundle is None:
        lines.insert(0, _("This version cannot run here: it has no bundle."))
    else:
        lines.insert(0, _needs(bundle, hardware, is_enough=is_large_enough))
    price = hardware.price_per_second * instances
    return Preflight(
        fits=room.is_enough and is_large_enough,
        is_possible=room.is_possible and is_large_enough,
        lines=tuple(lines),
        made=_made(bundle, instances),
        per_hour=price * HOUR,
        per_day=price * DAY,
        currency=hardware.currency,
    )


def cost_of_load(
    hardware: Hardware, *, requests_per_day: int, seconds_each: float, idle_seconds: int
) -> Decimal:
    """Of a day at this load on one instance that sleeps when idle; at most a whole day's.

    Requests that come evenly: between two of them it is awake for `idle_seconds` at most.
    """
    if requests_per_day <= 0:
        return Decimal(0)
    gap = max(0.0, DAY / requests_per_day - seconds_each)
    idle = gap if idle_seconds == 0 else min(gap, idle_seconds)
    awake = min(float(DAY), requests_per_day * (seconds_each + idle))
    return hardware.price_per_second * Decimal(round(awake, 3))


def _needs(bundle: Bundle, hardware: Hardware, *, is_enough: bool) -> str:
    words = {"needed": figures.size(bundle.memory), "there": figures.size(hardware.memory)}
    if is_enough:
        return _("The model needs %(needed)s; this hardware has %(there)s.") % words
    return (
        _("The model needs %(needed)s; this hardware has only %(there)s. Choose a larger one.")
        % words
    )


def _made(bundle: Bundle | None, instances: int) -> tuple[str, ...]:
    if bundle is None:
        return ()
    made = []
    if bundle.environment.status != Environment.Status.READY:
        made.append(_("An environment with its packages, once for this version."))
    count = ngettext("%(count)s instance", "%(count)s instances", instances)
    made.append(count % {"count": instances})
    made.append(_("An address of its own in the API."))
    return tuple(made)
