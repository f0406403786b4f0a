"""Tokens, made ready to print: usable ones first, then those that ended lately."""

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
    state: str
    looks: str
    is_usable: bool


def rows(user: User) -> list[Row]:
    every = [_row(token) for token in user.tokens.all()]
    usable = [row for row in every if row.is_usable]
    return usable + [row for row in every if not row.is_usable][:ENDED_SHOWN]


def _row(token: Token) -> Row:
    names = dict(Scope.choices)
    state, looks = _state(token)
    return Row(
        token=token,
        may=[str(names.get(scope, scope)) for scope in token.scopes],
        state=state,
        looks=looks,
        is_usable=looks == "good",
    )


def _state(token: Token) -> tuple[str, str]:
    if token.revoked_at:
        return _("Revoked"), "bad"
    if token.expires_at and token.expires_at <= timezone.now():
        return _("Expired"), "warn"
    return _("In use") if token.used_at else _("Never used yet"), "good"
