"""Tokens, made ready to print: usable ones first, then those that ended lately."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from .models import Token, User
from .scopes import Scope

ENDED_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    token: Token
    may: list[str]
    reaches: str  # empty: all that its maker does
    state: str
    looks: str
    is_usable: bool
    holds_earlier: bool  # the text from before its rotation opens yet


def rows(user: User) -> list[Row]:
    return _in_order(user.tokens.select_related("organization"))


def rows_of(organization: User) -> list[Row]:
    """Those that reach this organisation alone, whoever made them."""
    return _in_order(organization.tokens_limited_to_it.select_related("organization", "user"))


def row(token: Token) -> Row:
    names = dict(Scope.choices)
    state, looks = _state(token)
    until = token.earlier_until
    return Row(
        token=token,
        may=[str(names.get(scope, scope)) for scope in token.scopes],
        reaches=_reaches(token),
        state=state,
        looks=looks,
        is_usable=looks == "good",
        holds_earlier=looks == "good" and until is not None and until > timezone.now(),
    )


def _in_order(tokens: Iterable[Token]) -> list[Row]:
    every = [row(token) for token in tokens]
    usable = [one for one in every if one.is_usable]
    return usable + [one for one in every if not one.is_usable][:ENDED_SHOWN]


def _reaches(token: Token) -> str:
    if token.deployment_name:
        return _("Only the deployment %s") % token.deployment_name
    if token.organization:
        return _("Only what %s has") % token.organization.get_username()
    return ""


def _state(token: Token) -> tuple[str, str]:
    if token.revoked_at:
        return _("Revoked"), "bad"
    if token.expires_at and token.expires_at <= timezone.now():
        return _("Expired"), "warn"
    return _("In use") if token.used_at else _("Never used yet"), "good"
