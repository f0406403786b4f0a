"""What a deployment would be, before the click: what fits, what is made, what it costs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.models import AIModel
from catalog.pages import figures
from deployments import preflight
from deployments.forms import ChangeForm, LoadForm
from deployments.models import Deployment, Hardware
from deployments.pages import charts, listing
from deployments.preflight import Preflight

MOST_NAMES = 1000
USUAL_LOAD = {"requests": 1000, "seconds": 1.0}


@dataclass(frozen=True, slots=True)
class Choice:
    """One kind of hardware, as it is offered."""

    hardware: Hardware
    is_chosen: bool
    memory: str
    price: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    choices: list[Choice]
    preflight: Preflight | None
    per_hour: str
    per_day: str
    load: LoadForm
    load_cost: str  # a day
    load_said: str
    is_free: bool


def of(form: ChangeForm, posted: Mapping[str, Any]) -> Ahead:
    """Of what the form holds now, right or wrong."""
    chosen = _chosen(form, "hardware")
    version = _chosen(form, "version")
    count = max(1, min(50, _number(form["max_instances"].value(), 1)))
    found = preflight.check(version, chosen, count) if chosen and version else None
    load = LoadForm(posted if "requests" in posted else None, initial=USUAL_LOAD, prefix=None)
    asked = _load(load)
    offered = form.fields["hardware"].queryset  # type: ignore[attr-defined]
    return Ahead(
        choices=[_choice(each, chosen) for each in offered],
        preflight=found,
        per_hour=listing.cost(found.per_hour, found.currency) if found else "",
        per_day=listing.cost(found.per_day, found.currency) if found else "",
        load=load,
        load_cost=_load_cost(form, chosen, asked) if chosen else "",
        load_said=_load_said(asked),
        is_free=chosen is not None and not chosen.price_per_second,
    )


def free_name(owner: User, ai_model: AIModel) -> str:
    """The model's own, with a number when one has that already."""
    plain = slugify(ai_model.name)[:56].strip("-") or "model"
    mine = Deployment.objects.existing().filter(owner=owner, name__startswith=plain)
    taken = set(mine.values_list("name", flat=True)[:MOST_NAMES])
    if plain not in taken:
        return plain
    return next(f"{plain}-{n}" for n in range(2, MOST_NAMES + 2) if f"{plain}-{n}" not in taken)


def _choice(hardware: Hardware, chosen: Hardware | None) -> Choice:
    price = listing.cost(hardware.price_per_hour, hardware.currency)
    said = _("%(price)s an hour") % {"price": price}
    return Choice(
        hardware=hardware,
        is_chosen=hardware == chosen,
        memory=figures.size(hardware.memory),
        price=said if hardware.price_per_second else _("free of charge"),
    )


def _chosen(form: ChangeForm, name: str) -> Any:
    """The row that a field holds; None when it holds none."""
    field: Any = form.fields[name]
    value = form[name].value()
    try:
        return field.queryset.filter(pk=int(value)).first() if value else None
    except (TypeError, ValueError, OverflowError):
        return None


def _load(form: LoadForm) -> dict[str, float]:
    if not form.is_bound or not form.is_valid():
        return dict(USUAL_LOAD)
    given = {name: value for name, value in form.cleaned_data.items() if value is not None}
    return {**USUAL_LOAD, **given}


def _load_cost(form: ChangeForm, hardware: Hardware, load: dict[str, float]) -> str:
    minutes = _number(form["idle_minutes"].value(), 15)
    amount = preflight.cost_of_load(
        hardware,
        requests_per_day=int(load["requests"]),
        seconds_each=load["seconds"],
        idle_seconds=minutes * 60,
    )
    return listing.cost(amount, hardware.currency)


def _load_said(load: dict[str, float]) -> str:
    words = {
        "requests": figures.whole(int(load["requests"])),
        "seconds": charts.seconds(load["seconds"]) or "0 s",
    }
    return _("%(requests)s requests a day of %(seconds)s each, on one instance") % words


def _number(value: Any, otherwise: int) -> int:
    try:
        return min(10**6, max(0, int(value)))
    except (TypeError, ValueError, OverflowError):
        return otherwise
