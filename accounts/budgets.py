"""Budgets that stop: requests and money, a day and a month, of tokens, organisations and people.

The database holds the truth. A request is counted before anything starts; money is reserved before
it is spent, and settled when it is known. Whoever has no budget costs no statement: `has_budgets`
stands on the rows of the token and of the owner, which are there anyway.
"""

from collections.abc import Mapping
from decimal import ROUND_UP, Decimal
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from config.api.problems import Limit, LimitReached

from . import audit
from .models import Budget, Reservation, Token, User
from .models.budgets import BILLION, ending

log = structlog.get_logger(__name__)

Kind = tuple[str, str]  # unit and period
Amounts = Mapping[Kind, Decimal | None]
KINDS: tuple[Kind, ...] = tuple((u.value, p.value) for u in Budget.Unit for p in Budget.Period)


def has_any(token: Token | None, owner: User) -> bool:
    """Asks the database for nothing."""
    return owner.has_budgets or (token is not None and token.has_budgets)


def take(token: Token | None, owner: User) -> list[Budget]:
    """Count one request, and see that there is money: all or nothing, of many at once exactly.

    Answers what give_back wants. Raises LimitReached.
    """
    taken = []
    try:
        with transaction.atomic():
            for budget in Budget.objects.of(token, owner):
                amount = 1 if budget.unit == Budget.Unit.REQUESTS else 0
                _take(budget, amount)
                if amount:
                    taken.append(budget)
    except _Full as full:
        raise _reached(full.budget) from full
    return taken


def give_back(taken: list[Budget]) -> None:
    """What was counted came to nothing."""
    for budget in taken:
        budget.give_back(1)


def reserve(key: str, token: Token | None, owner: User | None, amount: Decimal) -> bool:
    """Money for what begins now; False when nobody has a budget of money. Raises LimitReached."""
    billionths = _billionths(amount)
    try:
        with transaction.atomic():
            budgets = list(Budget.objects.of(token, owner).money())
            for budget in budgets:
                _take(budget, billionths)
            if budgets:
                Reservation.objects.create(key=key, token=token, owner=owner, amount=billionths)
    except _Full as full:
        raise _reached(full.budget) from full
    return bool(budgets)


def keep_up(key: str, amount: Decimal) -> bool:
    """What it cost until now is more than was reserved? False once a budget is used up by it."""
    with transaction.atomic():
        held = Reservation.objects.select_for_update().filter(pk=key).first()
        more = _billionths(amount) - held.amount if held else 0
        if held is None or more <= 0:
            return True
        held.amount += more
        held.save(update_fields=["amount"])
        budgets = Budget.objects.of(held.token_id, held.owner_id).money()
        for budget in budgets:
            budget.charge(more)
    return not budgets.overdrawn().exists()


def settle(key: str, cost: Decimal) -> None:
    """It is over, and this is what it cost. Twice is once."""
    with transaction.atomic():
        held = Reservation.objects.select_for_update().filter(pk=key).first()
        if held is None:
            return
        held.delete()
        for budget in Budget.objects.of(held.token_id, held.owner_id).money():
            budget.charge(_billionths(cost), instead_of=held.amount, since=held.created_at)


def charge(token_id: int | None, owner_id: int, amount: Decimal) -> None:
    """What was spent already, as instances do second by second."""
    for budget in Budget.objects.of(token_id, owner_id).money():
        budget.charge(_billionths(amount))


def is_money_out(token_id: int | None, owner_id: int) -> bool:
    return Budget.objects.of(token_id, owner_id).money().used_up().exists()


def check_money(token: Token | None, owner: User) -> None:
    """Before something starts that spends until it is stopped. Raises LimitReached."""
    if not has_any(token, owner):
        return
    full = Budget.objects.of(token, owner).money().used_up().first()
    if full is not None:
        raise _reached(full)


def set_for(subject: Token | User, wanted: Amounts, *, is_imposed: bool = False) -> None:
    """None: no such budget; what is not named stays. What was used stays counted in a change.

    Those that an administrator imposes are others than the subject's own, and hold beside them.
    """
    field = "token" if isinstance(subject, Token) else "owner"
    subjects = Token.objects if field == "token" else User.objects
    named = {field: subject, "is_imposed": is_imposed}
    with transaction.atomic():
        subjects.select_for_update(no_key=True).get(pk=subject.pk)  # one after the other
        rows = Budget.objects.filter(**named).order_by("pk").select_for_update()
        known = {(one.unit, one.period): one for one in rows}
        before = {word(kind): _said(_amount(one, one.most)) for kind, one in known.items()}
        for kind, most in wanted.items():
            _set(named, kind, known.get(kind), most)
        has_budgets = Budget.objects.filter(**{field: subject}).exists()
        subjects.filter(pk=subject.pk).update(has_budgets=has_budgets)
        after = _changed(before, wanted)
        if before != after:
            what = "budget.imposed" if is_imposed else "budget.changed"
            audit.note(what, about=subject, before=before, after=after)
    subject.has_budgets = has_budgets


def amount(budget: Budget, number: int) -> Decimal:
    return _amount(budget, number)


def in_order(subject: Token | User) -> list[Budget]:
    """By their kinds; of a kind one's own before the imposed one."""
    rows = subject.budgets.all()
    return sorted(rows, key=lambda one: (KINDS.index((one.unit, one.period)), one.is_imposed))


def word(kind: Kind) -> str:
    """As the API and the audit log name it."""
    return f"{kind[0]}_per_{kind[1]}"


class _Full(Exception):
    """Rolls back what was taken from the others."""

    def __init__(self, budget: Budget) -> None:
        super().__init__(str(budget))
        self.budget = budget


def _take(budget: Budget, amount: int) -> None:
    if not budget.take(amount):
        raise _Full(budget)


def _set(named: dict[str, Any], kind: Kind, known: Budget | None, most: Decimal | None) -> None:
    unit, period = kind
    if most is None:
        if known:
            known.delete()
        return
    number = _billionths(most) if unit == Budget.Unit.MONEY else int(most)
    if known:
        Budget.objects.filter(pk=known.pk).update(most=number)
        return
    ends_at = ending(period, timezone.now())
    Budget.objects.create(**named, unit=unit, period=period, most=number, ends_at=ends_at)


def _changed(before: dict[str, str], wanted: Amounts) -> dict[str, str]:
    """Both as the audit log tells them."""
    after = dict(before)
    for kind, most in wanted.items():
        after.pop(word(kind), None)
        if most is not None:
            after[word(kind)] = _said(Decimal(most))
    return after


def _said(amount: Decimal) -> str:
    return f"{amount.normalize():f}"


def _reached(budget: Budget) -> LimitReached:
    budget = Budget.objects.select_related("token", "owner").get(pk=budget.pk)
    _note_refusal(budget)
    is_money = budget.unit == Budget.Unit.MONEY
    reset_in = max(1, round((budget.ends_at - timezone.now()).total_seconds()))
    limit = Limit(
        name=_name(budget),
        unit=settings.CURRENCY if is_money else "requests",
        most=float(_amount(budget, budget.most)),
        used=float(_amount(budget, budget.used)),
        reset_in=reset_in,
        resets_at=budget.ends_at,
        page=page_of(budget),
    )
    return LimitReached(_sentence(budget), limit, status=402 if is_money else 429)


def _note_refusal(budget: Budget) -> None:
    """The first of a period: who goes on trying would fill the log."""
    rows = Budget.objects.filter(pk=budget.pk, is_refusal_noted=False)
    if rows.update(is_refusal_noted=True):
        subject = budget.token or budget.owner
        most = _said(_amount(budget, budget.most))
        kind = word((budget.unit, budget.period))
        audit.note("budget.reached", about=subject, after={kind: most}, is_refused=True)


def page_of(budget: Budget) -> str:
    """Where it is seen, and changed by whoever may."""
    if budget.token_id:
        return f"/account/tokens/{budget.token_id}#budgets"
    if budget.owner and budget.owner.is_organization:
        return f"/organizations/{budget.owner.get_username()}/budgets"
    return "/account/budgets"


def _name(budget: Budget) -> str:
    """As in: requests per day of the token slip_abc…"""
    whose = f"the token {budget.token}" if budget.token else str(budget.owner)
    by = ", set by an administrator" if budget.is_imposed else ""
    return f"{budget.unit} per {budget.period} of {whose}{by}"


def _sentence(budget: Budget) -> str:
    is_money = budget.unit == Budget.Unit.MONEY
    most, used = (_amount(budget, number) for number in (budget.most, budget.used))
    told = {
        "whose": f"token {budget.token}" if budget.token else str(budget.owner),
        "most": f"{_said(most)} {settings.CURRENCY}" if is_money else _said(most),
        "left": f"{_said(max(most - used, Decimal(0)))} {settings.CURRENCY}",
        "at": f"{budget.ends_at:%Y-%m-%d %H:%M} UTC",
        "period": _("day") if budget.period == Budget.Period.DAY else _("month"),
    }
    if is_money:
        sentence = _(
            "The budget of %(whose)s, %(most)s a %(period)s, has %(left)s left: too little. "
            "It is full again at %(at)s."
        )
    else:
        sentence = _(
            "The budget of %(whose)s, %(most)s requests a %(period)s, is used up. "
            "It is full again at %(at)s."
        )
    return f"{sentence % told} {_who_may_raise(budget)}"


def _who_may_raise(budget: Budget) -> str:
    told = {"page": page_of(budget), "name": str(budget.owner)}
    if budget.is_imposed:
        return _("An administrator of this site set it, and alone can raise it.")
    if budget.owner and budget.owner.is_organization:
        return _("An admin of %(name)s can raise it at %(page)s.") % told
    return _("Raise it at %(page)s.") % told


def _amount(budget: Budget, number: int) -> Decimal:
    return Decimal(number) / BILLION if budget.unit == Budget.Unit.MONEY else Decimal(number)


def _billionths(amount: Decimal) -> int:
    """Up: what costs next to nothing costs something."""
    return int((amount * BILLION).to_integral_value(ROUND_UP))
