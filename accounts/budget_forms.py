"""What people write to set budgets: of requests and money, for a day and a month."""

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy

from . import budgets
from .budgets import KINDS, Kind
from .models import Budget, Token, User

LABELS = {
    ("requests", "day"): gettext_lazy("Requests a day"),
    ("requests", "month"): gettext_lazy("Requests a month"),
    ("money", "day"): gettext_lazy("Money a day"),
    ("money", "month"): gettext_lazy("Money a month"),
}
MOST_REQUESTS, MOST_MONEY = 10**9, 10**6


class BudgetForm(forms.Form):
    """A field for each kind; empty: no such budget. Of the subject's own, or of those imposed."""

    def __init__(
        self, subject: Token | User, *args: Any, is_imposed: bool = False, **kwargs: Any
    ) -> None:
        rows = [one for one in subject.budgets.all() if one.is_imposed == is_imposed]
        known = {(one.unit, one.period): one for one in rows}
        kwargs["initial"] = {_name(kind): _written(one) for kind, one in known.items()}
        super().__init__(*args, **kwargs)
        for kind in KINDS:
            self.fields[_name(kind)] = _field(kind)

    @property
    def wanted(self) -> dict[Kind, Decimal | None]:
        return {kind: self.cleaned_data[_name(kind)] for kind in KINDS}


def _name(kind: Kind) -> str:
    return f"{kind[0]}_{kind[1]}"


def _written(budget: Budget) -> str:
    return f"{budgets.amount(budget, budget.most).normalize():f}"


def _field(kind: Kind) -> forms.Field:
    if kind[0] == Budget.Unit.REQUESTS:
        return forms.IntegerField(
            required=False, min_value=0, max_value=MOST_REQUESTS, label=LABELS[kind]
        )
    field = forms.DecimalField(
        required=False,
        min_value=0,
        max_value=MOST_MONEY,
        decimal_places=6,
        label=f"{LABELS[kind]} ({settings.CURRENCY})",
    )
    field.widget.attrs["step"] = "any"
    return field
