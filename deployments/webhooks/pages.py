"""Deliveries, made ready to print."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import reach
from accounts.models import User
from catalog.models import Alert
from catalog.pages import figures
from config import webhooks
from deployments.models import Attempt, Delivery

from . import keys

A_PAGE = 50
BODY_SHOWN = 20_000
LOOKS = {Delivery.Status.SENT: "good", Delivery.Status.WAITING: "warn"}
SENTENCES: dict[str, Any] = {
    **dict(Alert.Problem.choices),
    "data-removed": gettext_lazy("The data of its prediction was removed before it was sent."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A way to narrow the list."""

    name: str
    count: str
    url: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    delivery: Delivery
    event: str
    prediction: str
    looks: str
    sentence: str
    ago: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    owner: User
    owners: list[Choice]  # empty when one is in no organisation
    may_change: bool
    rows: list[Row]
    choices: list[Choice]
    of_prediction: str
    newer_url: str
    older_url: str
    key: webhooks.Key | None  # None: a viewer, who could sign as the organisation with it


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    attempt: Attempt
    looks: str
    sentence: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class One:
    row: Row
    may_send: bool
    tries: list[Try]
    body: str
    is_cut: bool


def listing(user: User, owner: User, *, status: str, prediction: str, page: int) -> Listing:
    """Of one owner: each has a secret of its own."""
    mine = Delivery.objects.visible_to(user).filter(owner=owner)
    if prediction:
        mine = mine.filter(prediction=prediction)
    found = mine.filter(status=status) if status else mine
    first = (page - 1) * A_PAGE
    shown = list(found.defer("body")[first : first + A_PAGE + 1])
    whose = "" if owner == user else owner.get_username()
    wanted = {"owner": whose, "status": status, "prediction": prediction}
    may_change = reach.may(user, owner)
    return Listing(
        owner=owner,
        owners=_owners(user, owner),
        may_change=may_change,
        rows=[row(delivery) for delivery in shown[:A_PAGE]],
        choices=_choices(mine, wanted),
        of_prediction=prediction,
        newer_url=_address(**wanted, page=page - 1) if page > 1 else "",
        older_url=_address(**wanted, page=page + 1) if len(shown) > A_PAGE else "",
        key=keys.of(owner) if may_change else None,
    )


def one(user: User, delivery: Delivery) -> One:
    body = _pretty(delivery.body)
    is_over = delivery.is_settled and bool(delivery.body)
    return One(
        may_send=is_over and reach.may(user, delivery.owner),
        row=row(delivery),
        tries=[_try(attempt) for attempt in delivery.attempts.all()],
        body=body[:BODY_SHOWN],
        is_cut=len(body) > BODY_SHOWN,
    )


def row(delivery: Delivery) -> Row:
    return Row(
        delivery=delivery,
        event=_("Test") if delivery.event == "test" else delivery.event,
        prediction=delivery.prediction_id or "",
        looks=LOOKS.get(Delivery.Status(delivery.status), "bad"),
        sentence=str(SENTENCES.get(delivery.problem, delivery.problem)),
        ago=figures.ago(delivery.created_at),
    )


def _try(attempt: Attempt) -> Try:
    parts = [str(SENTENCES.get(attempt.problem, attempt.problem))]
    if attempt.detail:
        parts.append(f"({attempt.detail})")
    return Try(
        attempt=attempt,
        looks="bad" if attempt.problem else "good",
        sentence=" ".join(parts) if attempt.problem else _("It took it."),
        at=attempt.at,
    )


def _owners(user: User, chosen: User) -> list[Choice]:
    owners = reach.owners(user)
    if len(owners) == 1:
        return []
    return [
        Choice(
            name=owner.get_username(),
            count="",
            url=_address(owner="" if owner == user else owner.get_username()),
            is_chosen=owner == chosen,
        )
        for owner in owners
    ]


def _choices(mine: "QuerySet[Delivery]", wanted: dict[str, str]) -> list[Choice]:
    rows = mine.order_by().values_list("status").annotate(number=Count("pk"))
    counts = {name: number for name, number in rows if number}
    names = {"": _("All"), **{value: str(label) for value, label in Delivery.Status.choices}}
    return [
        Choice(
            name=str(name),
            count=figures.whole(counts.get(value, 0) if value else sum(counts.values())),
            url=_address(**{**wanted, "status": value}),
            is_chosen=value == wanted["status"],
        )
        for value, name in names.items()
    ]


def _address(**wanted: str | int) -> str:
    said = {name: value for name, value in wanted.items() if value not in ("", 1)}
    query = f"?{urlencode(said)}" if said else ""
    return f"{reverse('webhook_deliveries')}{query}"


def _pretty(body: str) -> str:
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return body
