"""What a prediction takes from the budgets of its token and its owner, and when.

Its request is counted before anything of it starts. Money is reserved as the last ones of its
deployment cost, taken up while it runs longer, and settled when it is over. Who pays what: the
owner of a deployment pays its instances by the second (lifecycle/billing.py), so not its
predictions, too; a token pays all that it asks for.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from django.db import IntegrityError
from django.utils.translation import gettext as _

from accounts import budgets
from accounts.models import Token, User
from config.api.problems import LimitReached
from deployments.models import Deployment, Prediction, Release

from . import queueing, serving

OUT = "BudgetReached"


@contextmanager
def counted(token: Token | None, owner: User) -> Iterator[None]:
    """One request, given back when no prediction comes of it. Raises LimitReached."""
    if not budgets.has_any(token, owner):
        yield
        return
    taken = budgets.take(token, owner)
    try:
        yield
    except (serving.NotServed, queueing.QueueFull, LimitReached, IntegrityError):
        budgets.give_back(taken)
        raise


@contextmanager
def reserved(prediction: Prediction, token: Token | None) -> Iterator[None]:
    """Within it the prediction is written; what is not written costs nothing.

    Raises LimitReached.
    """
    payers = _payers(prediction, token)
    if payers == (None, None):
        yield
        return
    amount = _usual_seconds(prediction) * _price(prediction)
    prediction.has_reservation = budgets.reserve(_key(prediction), *payers, amount)
    try:
        yield
    except (serving.NotServed, queueing.QueueFull, IntegrityError):
        budgets.settle(_key(prediction), Decimal(0))
        raise


def keep_up(prediction: Prediction, seconds: float, price: Decimal) -> bool:
    """For one that runs for so long by now: False once a budget does not hold more of it."""
    if not prediction.has_reservation:
        return True
    return budgets.keep_up(_key(prediction), Decimal(str(seconds)) * price)


def settle(prediction: Prediction) -> None:
    """In the transaction that ends it."""
    if prediction.has_reservation:
        budgets.settle(_key(prediction), prediction.cost or Decimal(0))


def sentence() -> str:
    return _("A budget was used up while it ran; see the budgets of its token and of its owner.")


def _payers(prediction: Prediction, token: Token | None) -> tuple[Token | None, User | None]:
    deployment, owner = prediction.deployment, prediction.owner
    assert deployment is not None  # noqa: S101 - only what has one is run
    pays_instances = token is not None and deployment.charged_token_id == token.pk
    payer = None if token is None or pays_instances or not token.has_budgets else token
    is_own = deployment.owner_id == owner.pk
    return payer, None if is_own or not owner.has_budgets else owner


def _usual_seconds(prediction: Prediction) -> Decimal:
    assert prediction.deployment is not None  # noqa: S101 - as above
    seconds = queueing.usual_seconds(prediction.deployment)
    if prediction.deadline_at:
        given = (prediction.deadline_at - prediction.created_at).total_seconds()
        seconds = min(seconds, max(0.0, given))
    return Decimal(str(round(seconds, 6)))


def _price(prediction: Prediction) -> Decimal:
    deployment: Deployment | None = prediction.deployment
    assert deployment is not None  # noqa: S101 - as above
    release = deployment.release_serving_id or deployment.release_wanted_id or 0
    rows = Release.objects.filter(pk=release).values_list("hardware__price_per_second", flat=True)
    return rows.first() or Decimal(0)


def _key(prediction: Prediction) -> str:
    return f"prediction:{prediction.pk}"
