"""What the contract (openapi.json) says of budgets."""

from collections.abc import Callable
from typing import Any, TypeVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from config.api.contract import PROBLEM
from config.api.reading import AmountField

from . import budgets
from .budget_forms import MOST_MONEY, MOST_REQUESTS
from .models import Budget
from .organizations.contract import NAME

View = TypeVar("View", bound=Callable[..., Any])
WORDS = [budgets.word(kind) for kind in budgets.KINDS]


class BudgetShape(serializers.Serializer[None]):
    name = serializers.ChoiceField(WORDS, help_text="As PATCH names it.")
    unit = serializers.CharField(help_text="`requests`, or a currency as in `USD`.")
    period = serializers.ChoiceField(Budget.Period.values, help_text="Of the calendar, in UTC.")
    set_by = serializers.ChoiceField(
        ["owner", "administrator"],
        help_text="Of this site, who alone changes it. Both hold: the one that is reached first.",
    )
    most = serializers.FloatField()
    used = serializers.FloatField(help_text="In this period.")
    left = serializers.FloatField()
    resets_at = serializers.DateTimeField(help_text="When it begins anew.")


def _requests() -> serializers.IntegerField:
    return serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=MOST_REQUESTS
    )


def _money() -> AmountField:
    return AmountField(13, 6, required=False, allow_null=True, min_value=0, max_value=MOST_MONEY)


class ChangedBudgetsShape(serializers.Serializer[None]):
    """The owner's own: null takes one away; what is not named stays."""

    requests_per_day = _requests()
    requests_per_month = _requests()
    money_per_day = _money()
    money_per_month = _money()


READING = {200: BudgetShape(many=True), 401: PROBLEM, 403: PROBLEM}
CHANGING = {**READING, 400: PROBLEM}
LIMITED = "A token that is limited to an organisation or to a deployment changes none."


def _operation(
    operation_id: str, summary: str, description: str, answers: dict[int, Any], **said: Any
) -> Callable[[View], View]:
    return extend_schema(
        operation_id=operation_id,
        summary=summary,
        description=description,
        responses=answers,
        **said,
    )


list_own = _operation(
    "account.budgets.list",
    "List your budgets",
    "As a bare list. They hold for all your tokens and for the pages.",
    READING,
    tags=["Account"],
)
update_own = _operation(
    "account.budgets.update",
    "Set your budgets",
    f"What is used in this period stays counted. {LIMITED}",
    CHANGING,
    request=ChangedBudgetsShape,
    tags=["Account"],
)
list_of_token = _operation(
    "account.token.budgets.list",
    "List the budgets of the token that asks",
    "Those of its own, as a bare list; any token may ask, whatever its scopes. They are set on its "
    "page alone, so that no token can raise them.",
    {200: BudgetShape(many=True), 401: PROBLEM, 404: PROBLEM},
    tags=["Account"],
)
list_of_organization = _operation(
    "organizations.budgets.list",
    "List the budgets of an organisation",
    "For its members, as a bare list. They hold for all its members together.",
    {**READING, 404: PROBLEM},
    parameters=NAME,
    tags=["Organizations"],
)
update_of_organization = _operation(
    "organizations.budgets.update",
    "Set the budgets of an organisation",
    f"For its admins. What is used in this period stays counted. {LIMITED}",
    {**CHANGING, 404: PROBLEM},
    parameters=NAME,
    request=ChangedBudgetsShape,
    tags=["Organizations"],
)
