"""Budgets over REST: read with what is used, set by whose they are, raised by no limited token."""

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts import budgets, tokens
from accounts.models import AuditEvent, Budget, Membership, Role, Token, User
from accounts.models.budgets import ending
from accounts.organizations import actions

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
MINE, TOKENS = "/v1/account/budgets", "/v1/account/token/budgets"
ACMES = "/v1/organizations/acme/budgets"
DAY, MONEY = ("requests", "day"), ("money", "month")


@pytest.fixture
def acme(ada: User) -> User:
    """Ada is its admin."""
    return actions.make(ada, name="acme")


def as_(user: User, *scopes: str, **limits: Any) -> Client:
    made = tokens.make(user, name="test", scopes=list(scopes or ["all"]), **limits)
    return Client(headers={"Authorization": f"Bearer {made[1]}"})


def patch(client: Client, path: str, body: Any) -> Any:
    return client.patch(path, body, content_type="application/json")


def most(subject: User | Token) -> dict[tuple[str, str], Decimal]:
    return {(one.unit, one.period): budgets.amount(one, one.most) for one in subject.budgets.all()}


def errors(answer: Any) -> dict[str, str]:
    return {one["field"]: one["detail"] for one in answer.json()["errors"]}


def test_a_program_sets_reads_and_takes_away_what_holds_its_owner(ada: User) -> None:
    client = as_(ada, "budgets:write")

    made = patch(client, MINE, {"requests_per_day": 20, "money_per_month": "1.50"})
    budgets.take(None, ada)
    budgets.charge(None, ada.pk, Decimal("1.75"))

    assert made.status_code == 200
    requests, money = client.get(MINE).json()
    resets_at = ending("day", timezone.now()).isoformat().replace("+00:00", "Z")
    assert requests == {
        **{"name": "requests_per_day", "unit": "requests", "period": "day"},
        **{"set_by": "owner", "most": 20, "used": 1, "left": 19, "resets_at": resets_at},
    }
    assert (money["name"], money["unit"], money["period"]) == ("money_per_month", "USD", "month")
    assert (money["most"], money["used"], money["left"]) == (1.5, 1.75, 0)
    assert patch(client, MINE, {"money_per_month": None}).json() == [requests]
    assert patch(client, MINE, {}).json() == [requests]
    assert patch(client, MINE, {"requests_per_day": None}).json() == []
    assert not User.objects.get(pk=ada.pk).has_budgets


def test_what_was_used_before_this_period_counts_no_more(ada: User) -> None:
    budgets.set_for(ada, {DAY: Decimal(5)})
    Budget.objects.update(used=5, ends_at=timezone.now() - timedelta(days=1))

    told = as_(ada).get(MINE).json()[0]

    assert (told["used"], told["left"]) == (0, 5)
    assert told["resets_at"] > timezone.now().isoformat()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"requests_per_day": -1}, "requests_per_day"),
        ({"requests_per_month": 1.5}, "requests_per_month"),
        ({"requests_per_month": True}, "requests_per_month"),
        ({"money_per_day": "much"}, "money_per_day"),
        ({"money_per_day": ""}, "money_per_day"),
        ({"money_per_day": "NaN"}, "money_per_day"),
        ({"money_per_month": 10**7}, "money_per_month"),
        ({"money_per_month": "0.0000001"}, "money_per_month"),
        ({"requests_per_day": 1, "money": 1}, "money"),
        ([], "body"),
    ],
)
def test_what_is_wrong_is_told_by_its_field_and_changes_nothing(
    ada: User, body: Any, field: str
) -> None:
    answer = patch(as_(ada), MINE, body)

    assert answer.status_code == 400
    assert list(errors(answer)) == [field]
    assert not Budget.objects.exists()


def test_what_an_administrator_set_is_told_and_stays(ada: User, acme: User) -> None:
    client = as_(ada)
    for path, owner in ((MINE, ada), (ACMES, acme)):
        budgets.set_for(owner, {DAY: Decimal(5)}, is_imposed=True)

        patch(client, path, {"requests_per_day": 9})
        both = client.get(path).json()
        alone = patch(client, path, {"requests_per_day": None}).json()

        assert [(one["set_by"], one["most"]) for one in both] == [
            ("owner", 9),
            ("administrator", 5),
        ]
        assert alone == both[1:]


def test_members_read_those_of_their_organisation_and_admins_set_them(
    ada: User, bob: User, acme: User
) -> None:
    Membership.objects.create(organization=acme, user=bob, role=Role.VIEWER)

    made = patch(as_(ada, "budgets:write"), ACMES, {"requests_per_month": 100})
    refused = patch(as_(bob), ACMES, {"requests_per_month": 200})

    assert made.status_code == 200
    assert as_(bob, "budgets:read").get(ACMES).json() == made.json()
    assert (refused.status_code, most(acme)) == (403, {("requests", "month"): 100})


def test_to_strangers_there_are_none(bob: User, acme: User) -> None:
    budgets.set_for(acme, {DAY: Decimal(5)})
    client = as_(bob)

    assert client.get(ACMES).status_code == 404
    assert patch(client, ACMES, {"requests_per_day": 9}).status_code == 404
    assert most(acme) == {DAY: 5}


@pytest.mark.parametrize("scope", ["budgets:read", "organizations:write", "deployments:write"])
def test_without_the_scope_a_token_raises_neither_its_owners_nor_an_organisations(
    ada: User, acme: User, scope: str
) -> None:
    for owner in (ada, acme):
        budgets.set_for(owner, {DAY: Decimal(5)})
    client = as_(ada, scope)

    answers = [patch(client, path, {"requests_per_day": None}) for path in (MINE, ACMES)]

    assert [one.status_code for one in answers] == [403, 403]
    assert "budgets:write" in answers[0].json()["detail"]
    assert most(ada) == most(acme) == {DAY: 5}


@pytest.mark.parametrize("scope", ["all", "budgets:write"])
def test_a_limited_token_changes_no_budget_that_holds_it(ada: User, acme: User, scope: str) -> None:
    for owner in (ada, acme):
        budgets.set_for(owner, {DAY: Decimal(5)})
    limited = [as_(ada, scope, organization=acme), as_(ada, scope, deployment=(1, "ada/hello"))]

    for client in limited:
        for path in (MINE, ACMES):
            assert patch(client, path, {"requests_per_day": 6}).status_code == 403
            assert patch(client, path, {"requests_per_day": None}).status_code == 403

    assert most(ada) == most(acme) == {DAY: 5}
    assert limited[0].get(ACMES).json()[0]["most"] == 5


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_no_token_changes_its_own(ada: User, method: str) -> None:
    token, text = tokens.make(ada, name="ci", scopes=["all"])
    budgets.set_for(token, {DAY: Decimal(5)})
    client = Client(headers={"Authorization": f"Bearer {text}"})

    answer = getattr(client, method)(
        TOKENS, {"requests_per_day": 6}, content_type="application/json"
    )

    assert answer.status_code == 405
    assert most(token) == {DAY: 5}


def test_any_token_reads_its_own_and_no_others(ada: User) -> None:
    token, text = tokens.make(ada, name="ci", scopes=[], deployment=(1, "ada/hello"))
    budgets.set_for(token, {DAY: Decimal(5)})
    budgets.take(token, ada)

    told = Client(headers={"Authorization": f"Bearer {text}"}).get(TOKENS).json()

    assert [(one["most"], one["used"], one["left"]) for one in told] == [(5, 1, 4)]
    assert as_(ada).get(TOKENS).json() == []


def test_without_a_token_there_are_none_of_one(as_ada: Client) -> None:
    assert as_ada.get(TOKENS).status_code == 404
    assert as_ada.get(MINE).json() == []


def test_the_audit_log_tells_who_changed_what_with_which_token(ada: User) -> None:
    budgets.set_for(ada, {MONEY: Decimal("2.50")})
    client = as_(ada)

    patch(client, MINE, {"requests_per_day": 20})
    patch(client, MINE, {"requests_per_day": 20, "money_per_month": "2.5"})

    changed = AuditEvent.objects.filter(what="budget.changed", actor_name="ada").get()
    assert changed.token_prefix
    assert changed.before == {"money_per_month": "2.5"}
    assert changed.after == {"money_per_month": "2.5", "requests_per_day": "20"}


def test_all_four_take_no_more_queries(
    ada: User, django_assert_max_num_queries: "DjangoAssertNumQueries"
) -> None:
    budgets.set_for(ada, dict.fromkeys(budgets.KINDS, Decimal(5)))
    client = as_(ada)
    client.get(MINE)

    with django_assert_max_num_queries(3):
        assert len(client.get(MINE).json()) == 4
