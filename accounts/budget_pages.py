"""Budgets, made ready to print: how much of each is used, as a bar and in words."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from . import budgets
from .budget_forms import LABELS
from .budgets import in_order
from .models import Budget, Token, User


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    label: str
    said: str
    percent: int  # of the most, 100 at most
    looks: str
    resets_at: datetime
    is_imposed: bool


def bars(subject: Token | User) -> list[Bar]:
    return [_bar(one) for one in in_order(subject)]


def _bar(budget: Budget) -> Bar:
    used = budget.used_now
    percent = 100 if used >= budget.most else int(100 * used / budget.most)
    words = {"used": _amount(budget, used), "most": _amount(budget, budget.most)}
    return Bar(
        label=str(LABELS[(budget.unit, budget.period)]),
        said=_("%(used)s of %(most)s used") % words,
        percent=percent,
        looks="bad" if percent == 100 else "warn" if percent >= 80 else "good",
        resets_at=budget.resets_at,
        is_imposed=budget.is_imposed,
    )


def _amount(budget: Budget, number: int) -> str:
    found = budgets.amount(budget, number)
    if budget.unit == Budget.Unit.REQUESTS:
        return number_format(int(found), force_grouping=True)
    rounded = found.quantize(Decimal("0.01") if found >= 1 or not found else Decimal("0.0001"))
    return f"{number_format(rounded)} {settings.CURRENCY}"
