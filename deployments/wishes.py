"""What may be wished for a deployment, and the sentence for what may not."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import AIModel, Version
from catalog.pages import figures
from deployments.bundles import can_run_here
from deployments.models import Hardware

MOST_INSTANCES = 50
LONGEST_IDLE = 30 * 24 * 3600  # seconds
NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?")


class Refused(Exception):
    """It cannot be done as wished: `field` says which wish, the message what would be right."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


def check(ai_model: AIModel, **wished: Any) -> None:
    """Raises Refused for the first that is wrong; what is not given is not looked at."""
    for field, look in CHECKS.items():
        if field in wished:
            look(wished[field])
    if "version" in wished:
        _check_version(ai_model, wished["version"])
    if "version" in wished and "hardware" in wished:
        _check_memory(wished["version"], wished["hardware"])
    if "min_instances" in wished and wished["min_instances"] > wished["max_instances"]:
        raise Refused(
            "min_instances",
            _("At least %(min)s and at most %(max)s cannot both be: make the first smaller.")
            % {"min": wished["min_instances"], "max": wished["max_instances"]},
        )


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name):
        raise Refused(
            "name",
            _("Use 1 to 64 small letters, digits and hyphens; begin and end with no hyphen."),
        )


def _check_version(ai_model: AIModel, version: Version) -> None:
    if version.ai_model_id != ai_model.pk:
        raise Refused("version", _("This is a version of another model."))
    verdict = can_run_here(version)
    if not verdict.is_possible:
        raise Refused("version", str(verdict.sentence))


def _check_memory(version: Version, hardware: Hardware) -> None:
    if version.bundle.memory > hardware.memory:
        needed = figures.size(version.bundle.memory)
        raise Refused(
            "hardware",
            _("The model needs %(needed)s of memory, %(name)s has %(there)s; choose a larger one.")
            % {
                "needed": needed,
                "name": hardware.name,
                "there": figures.size(hardware.memory),
            },
        )


def _check_hardware(hardware: Hardware) -> None:
    if not hardware.is_enabled:
        raise Refused("hardware", _("%s is not offered any more; choose another.") % hardware.name)
    if hardware.currency != settings.CURRENCY:
        said = _("The price of %(name)s is in %(currency)s, and all here are in %(own)s.")
        words = {"name": hardware.name, "currency": hardware.currency, "own": settings.CURRENCY}
        raise Refused("hardware", said % words)


def _check_min(count: int) -> None:
    if not 0 <= count <= MOST_INSTANCES:
        raise Refused("min_instances", _("Say a number from 0 to %s.") % MOST_INSTANCES)


def _check_max(count: int) -> None:
    if not 1 <= count <= MOST_INSTANCES:
        raise Refused("max_instances", _("Say a number from 1 to %s.") % MOST_INSTANCES)


def _check_idle(seconds: int) -> None:
    if not 0 <= seconds <= LONGEST_IDLE:
        raise Refused(
            "idle_seconds",
            _("Say 0 for never, or at most %s seconds (30 days).") % LONGEST_IDLE,
        )


def _check_stop_at(at: datetime | None) -> None:
    if at is not None and at <= timezone.now():
        raise Refused("stop_at", _("This moment is over; say one that is to come, or none."))


def _check_budget(amount: Decimal | None) -> None:
    if amount is not None and amount <= 0:
        raise Refused("budget", _("Say more than 0, or nothing for no budget."))


CHECKS: dict[str, Any] = {
    "name": _check_name,
    "hardware": _check_hardware,
    "min_instances": _check_min,
    "max_instances": _check_max,
    "idle_seconds": _check_idle,
    "stop_at": _check_stop_at,
    "budget": _check_budget,
}
