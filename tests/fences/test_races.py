"""200 at once against a limit of 20, over HTTP: exactly 20 get through, on either kind of parts."""

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from accounts import budgets, tokens
from accounts.models import User
from tests.deployments import rows
from tests.fences.racing import Ask, at_once, count, served

pytestmark = pytest.mark.django_db(transaction=True)
TIMES, LIMIT = 200, 20
FOR_MONEY = 80
INPUT = {"input": {"text": "you"}}


def as_(text: str, number: int, **more: str) -> dict[str, str]:
    """From an address of its own: what is told apart here are budgets."""
    address = f"198.18.{number // 250}.{number % 250}"
    return {"Authorization": f"Bearer {text}", "X-Forwarded-For": address, **more}


def test_of_many_at_once_exactly_so_many_get_through(tmp_path: Path, redis_url: str) -> None:
    ada = rows.user("ada")
    version = rows.version()
    deployment = rows.deployment(ada, version)
    shared_owner = User.objects.create(username="slipway", is_active=False)
    rows.deployment(shared_owner, version, name="all", is_shared=True, shared_version=version)
    counting, by_requests = tokens.make(ada, name="requests", scopes=["all"])
    paying, by_money = tokens.make(ada, name="money", scopes=["all"])
    budgets.set_for(counting, {("requests", "day"): Decimal(LIMIT)})
    budgets.set_for(paying, {("money", "month"): LIMIT * Decimal("0.0002")})  # two seconds each
    eve = rows.user("eve")
    bounded = tokens.make(eve, name="bounded", scopes=["all"])[1]
    budgets.set_for(eve, {("requests", "day"): Decimal(TIMES)})
    budgets.set_for(eve, {("requests", "day"): Decimal(LIMIT)}, is_imposed=True)
    named = {**INPUT, "version": version.version_id}
    doors = [
        lambda text, n: Ask("/v1/predictions", as_(text, n), named),
        lambda text, n: Ask("/v1/predictions", as_(text, n, Prefer="wait=1"), named),
        lambda text, n: Ask(
            f"/v1/models/{version.ai_model.full_name}/predictions", as_(text, n), INPUT
        ),
        lambda text, n: Ask(
            f"/v1/deployments/ada/{deployment.name}/predictions",
            as_(text, n),
            {**INPUT, "stream": True},
        ),
    ]

    def through_all_doors(text: str, times: int) -> Counter[int]:
        return at_once(port, [doors[n % len(doors)](text, n) for n in range(times)])

    with served(tmp_path, redis_url) as port:
        requests = through_all_doors(by_requests, TIMES)
        made = count(tmp_path, "deployments_prediction")
        money = through_all_doors(by_money, FOR_MONEY)
        made_in_all = count(tmp_path, "deployments_prediction")
        imposed = at_once(port, [doors[n % 3](bounded, n) for n in range(TIMES)])
        one_address = [Ask("/v1/collections", {"X-Forwarded-For": "203.0.113.9"})] * TIMES
        reading = at_once(port, one_address)

    assert requests == {201: LIMIT, 429: TIMES - LIMIT}
    assert made == LIMIT
    assert money == {201: LIMIT, 402: FOR_MONEY - LIMIT}
    assert made_in_all == 2 * LIMIT
    assert imposed == {201: LIMIT, 429: TIMES - LIMIT}
    assert reading == {200: LIMIT, 429: TIMES - LIMIT}
