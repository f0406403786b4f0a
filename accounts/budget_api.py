"""Budgets over the API: one's own, an organisation's, and those of the token that asks.

A token's own are set on its page alone. One that is limited changes none: what holds it is not its
to raise.
"""

from decimal import Decimal
from typing import Any

from django.conf import settings
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api import reading

from . import budget_contract as contract
from . import budgets
from .authentication import TokenAuthentication
from .models import Budget, Role, Token, User
from .organizations.api import organization_of
from .scopes import READING, Needs, SignedIn


class OwnBudgets(APIView):
    authentication_classes = [TokenAuthentication]
    permission_classes = [Needs("budgets:read", "budgets:write")]

    @contract.list_own
    def get(self, request: Request) -> Response:
        return Response(_shapes(_oneself(request)))

    @contract.update_own
    def patch(self, request: Request) -> Response:
        return _changed(request, _oneself(request))


class OrganizationBudgets(APIView):
    authentication_classes = [TokenAuthentication]
    permission_classes = [Needs("budgets:read", "budgets:write")]

    @contract.list_of_organization
    def get(self, request: Request, name: str) -> Response:
        return Response(_shapes(organization_of(request, name)))

    @contract.update_of_organization
    def patch(self, request: Request, name: str) -> Response:
        organization = organization_of(request, name, Role.ADMIN)
        _require_unlimited(_token(request))
        return _changed(request, organization)


class TokenBudgets(APIView):
    authentication_classes = [TokenAuthentication]
    permission_classes = [SignedIn]
    minds_deployments = READING  # its holder may know how much it has left

    @contract.list_of_token
    def get(self, request: Request) -> Response:
        token = _token(request)
        if token is None:
            raise NotFound("You asked without a token; those of each are on its page.")
        return Response(_shapes(token))


def _oneself(request: Request) -> User:
    user: Any = request.user
    token = _token(request)
    if token is not None and token.organization is not None:
        name = token.organization.get_username()
        raise PermissionDenied(
            f"The token {token} reaches what {name} owns, and nothing of yours. "
            f"The budgets of {name} are at /v1/organizations/{name}/budgets."
        )
    return user  # type: ignore[no-any-return]


def _token(request: Request) -> Token | None:
    token: Any = request.auth
    return token  # type: ignore[no-any-return]


def _require_unlimited(token: Token | None) -> None:
    if token is not None and token.organization is not None:
        raise PermissionDenied(
            f"The token {token} is limited to {token.organization}, whose budgets hold it: it may "
            "not change them. Use a token without that limit, or the page."
        )


def _changed(request: Request, owner: User) -> Response:
    wanted = reading.body(request, contract.ChangedBudgetsShape)
    kinds = {budgets.word(kind): kind for kind in budgets.KINDS}
    budgets.set_for(owner, {kinds[name]: most for name, most in wanted.items()})
    return Response(_shapes(owner))


def _shapes(subject: Token | User) -> list[dict[str, Any]]:
    return [_shape(one) for one in budgets.in_order(subject)]


def _shape(budget: Budget) -> dict[str, Any]:
    most, used = (budgets.amount(budget, number) for number in (budget.most, budget.used_now))
    return {
        "name": budgets.word((budget.unit, budget.period)),
        "unit": settings.CURRENCY if budget.unit == Budget.Unit.MONEY else budget.unit,
        "period": budget.period,
        "set_by": "administrator" if budget.is_imposed else "owner",
        "most": float(most),
        "used": float(used),
        "left": float(max(most - used, Decimal(0))),
        "resets_at": budget.resets_at,
    }
