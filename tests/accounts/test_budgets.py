"""Budgets: exactly so much, by day and by month, and never a part of it for nothing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts import budgets, tokens
from accounts.models import AuditEvent, Budget, Reservation, Token, User
from accounts.models.budgets import beginning, ending
from accounts.organizations import actions
from config.api.problems import LimitReached

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
DAY, MONTH = ("requests", "day"), ("requests", "month")
MONEY, MONEY_MONTH = ("money", "day"), ("money", "month")


@pytest.fixture
def token(ada: User) -> Token:
    return tokens.make(ada, name="ci", scopes=["all"])[0]


def used(subject: Token | User) -> dict[tuple[str, str], Decimal]:
    return {(one.unit, one.period): budgets.amount(one, one.used) for one in subject.budgets.all()}


def taken(token: Token | None, owner: User, times: int) -> int:
    done = 0
    for _ in range(times):
        try:
            budgets.take(token, owner)
        except LimitReached:
            continue
        done += 1
    return done


def test_who_has_none_costs_no_statement(
    token: Token, ada: User, django_assert_num_queries: "DjangoAssertNumQueries"
) -> None:
    with django_assert_num_queries(0):
        assert not budgets.has_any(token, ada)
        budgets.check_money(token, ada)


def test_so_many_requests_and_no_more(token: Token, ada: User) -> None:
    budgets.set_for(token, {DAY: Decimal(3)})

    assert taken(token, ada, 5) == 3
    assert used(token) == {DAY: 3}
    assert taken(None, ada, 5) == 5  # the others of hers are not held up


def test_all_of_them_or_none_is_counted(token: Token, ada: User) -> None:
    budgets.set_for(ada, {MONTH: Decimal(2)})
    budgets.set_for(token, {DAY: Decimal(9), MONTH: Decimal(9)})

    assert taken(token, ada, 5) == 2
    assert used(token) == {DAY: 2, MONTH: 2}


def test_what_is_given_back_can_be_taken_again(token: Token, ada: User) -> None:
    budgets.set_for(token, {DAY: Decimal(1)})

    budgets.give_back(budgets.take(token, ada))

    assert used(token) == {DAY: 0}
    assert taken(token, ada, 2) == 1


def test_a_new_period_begins_at_nothing(token: Token, ada: User) -> None:
    budgets.set_for(token, {DAY: Decimal(2)})
    taken(token, ada, 2)
    Budget.objects.update(ends_at=timezone.now() - timedelta(seconds=1))

    assert taken(token, ada, 3) == 2
    assert Budget.objects.get().ends_at == ending("day", timezone.now())


def test_none_at_all_lets_nothing_through_on_any_day(token: Token, ada: User) -> None:
    budgets.set_for(token, {DAY: Decimal(0)})
    Budget.objects.update(ends_at=timezone.now() - timedelta(days=9))

    assert taken(token, ada, 2) == 0


@pytest.mark.parametrize(
    ("period", "moment", "begins", "ends"),
    [
        ("day", "2026-11-25T23:59:59", "2026-11-25", "2026-11-26"),
        ("month", "2026-11-25T12:00:00", "2026-11-01", "2026-12-01"),
        ("month", "2026-12-31T23:59:59", "2026-12-01", "2027-01-01"),
        ("month", "2028-02-29T00:00:00", "2028-02-01", "2028-03-01"),
        ("month", "2027-01-31T00:00:00", "2027-01-01", "2027-02-01"),
    ],
)
def test_periods_are_the_calendars_in_utc(period: str, moment: str, begins: str, ends: str) -> None:
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)

    assert f"{beginning(period, at):%Y-%m-%d}" == begins
    assert f"{ending(period, at):%Y-%m-%d}" == ends


def test_the_refusal_names_the_limit_its_reset_and_where_to_raise_it(
    token: Token, ada: User
) -> None:
    budgets.set_for(token, {DAY: Decimal(1)})
    budgets.take(token, ada)

    with pytest.raises(LimitReached) as refused:
        budgets.take(token, ada)

    assert refused.value.status_code == 429
    told = refused.value.limit.told()
    assert told["name"] == f"requests per day of the token {token}"
    assert (told["unit"], told["most"], told["used"]) == ("requests", 1.0, 1.0)
    assert told["resets_at"].startswith(f"{timezone.now() + timedelta(days=1):%Y-%m-%d}T00:00")
    assert told["url"].endswith(f"/account/tokens/{token.pk}#budgets")
    assert "is used up" in str(refused.value.detail)


def test_money_is_402(ada: User) -> None:
    budgets.set_for(ada, {MONEY_MONTH: Decimal("0.01")})
    budgets.charge(None, ada.pk, Decimal("0.02"))

    with pytest.raises(LimitReached) as refused:
        budgets.take(None, ada)

    assert refused.value.status_code == 402
    assert (refused.value.limit.unit, refused.value.limit.used) == ("USD", 0.02)
    assert "0.01 USD a month" in str(refused.value.detail)
    assert budgets.is_money_out(None, ada.pk)
    with pytest.raises(LimitReached):
        budgets.check_money(None, ada)


def test_money_is_reserved_and_settled_when_it_is_known(token: Token, ada: User) -> None:
    budgets.set_for(token, {MONEY: Decimal(1)})

    assert budgets.reserve("a", token, None, Decimal("0.6"))
    with pytest.raises(LimitReached):
        budgets.reserve("b", token, None, Decimal("0.6"))
    budgets.settle("a", Decimal("0.1"))
    budgets.settle("a", Decimal("0.1"))

    assert used(token) == {MONEY: Decimal("0.1")}
    assert budgets.reserve("b", token, None, Decimal("0.6"))
    assert Reservation.objects.count() == 1


def test_what_was_reserved_in_a_period_that_is_over_counts_whole_in_this_one(
    token: Token, ada: User
) -> None:
    budgets.set_for(token, {MONEY: Decimal(1)})
    budgets.reserve("a", token, None, Decimal("0.5"))
    Reservation.objects.update(created_at=timezone.now() - timedelta(days=2))
    Budget.objects.update(used=0)

    budgets.settle("a", Decimal("0.3"))

    assert used(token) == {MONEY: Decimal("0.3")}


def test_what_runs_longer_is_taken_up_until_a_budget_does_not_hold_it(
    token: Token, ada: User
) -> None:
    budgets.set_for(token, {MONEY: Decimal(1)})
    budgets.reserve("a", token, None, Decimal("0.5"))
    budgets.reserve("b", token, None, Decimal("0.5"))

    assert budgets.keep_up("a", Decimal("0.5"))
    assert not budgets.keep_up("a", Decimal("0.7"))
    budgets.settle("a", Decimal("0.7"))
    budgets.settle("b", Decimal("0.1"))
    assert used(token) == {MONEY: Decimal("0.8")}


def test_without_a_budget_of_money_nothing_is_reserved(token: Token, ada: User) -> None:
    budgets.set_for(token, {DAY: Decimal(1)})

    assert not budgets.reserve("a", token, ada, Decimal(1))
    assert Reservation.objects.count() == 0


def test_a_changed_budget_keeps_what_was_used_and_a_removed_one_is_gone(
    token: Token, ada: User
) -> None:
    budgets.set_for(token, {DAY: Decimal(2), MONEY: Decimal(1)})
    taken(token, ada, 2)

    budgets.set_for(token, {DAY: Decimal(3), MONEY: None})

    assert taken(token, ada, 3) == 1
    assert Token.objects.get().has_budgets
    budgets.set_for(token, {DAY: None})
    assert not Token.objects.get().has_budgets
    assert Budget.objects.count() == 0


def test_the_audit_log_tells_of_changes_and_once_a_period_of_refusals(
    token: Token, ada: User
) -> None:
    budgets.set_for(token, {DAY: Decimal(1)})
    taken(token, ada, 5)

    changed = AuditEvent.objects.get(what="budget.changed")
    assert (changed.before, changed.after) == ({}, {"requests_per_day": "1"})
    refused = AuditEvent.objects.get(what="budget.reached")
    assert refused.is_refused
    assert refused.about_name == str(token)


@pytest.mark.parametrize(("own", "imposed"), [(2, 9), (9, 2), (2, 2), (None, 2)])
def test_of_ones_own_and_an_imposed_one_the_first_that_is_reached_stops(
    ada: User, own: int | None, imposed: int
) -> None:
    budgets.set_for(ada, {DAY: None if own is None else Decimal(own)})
    budgets.set_for(ada, {DAY: Decimal(imposed)}, is_imposed=True)

    assert taken(None, ada, 12) == 2
    assert {one.used for one in ada.budgets.all()} == {2}


def test_an_imposed_one_is_neither_raised_nor_removed_by_its_owner(ada: User) -> None:
    budgets.set_for(ada, {DAY: Decimal(1)}, is_imposed=True)

    budgets.set_for(ada, {DAY: Decimal(9)})
    budgets.set_for(ada, {DAY: None})

    assert User.objects.get().has_budgets
    assert taken(None, ada, 3) == 1
    budgets.set_for(ada, {DAY: None}, is_imposed=True)
    assert not User.objects.get().has_budgets


def test_one_is_imposed_on_owners_alone(token: Token) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        budgets.set_for(token, {DAY: Decimal(1)}, is_imposed=True)


def refused(owner: User) -> LimitReached:
    with pytest.raises(LimitReached) as found:
        budgets.take(None, owner)
    return found.value


def test_the_refusal_says_who_can_raise_it(ada: User) -> None:
    acme = actions.make(ada, name="acme")
    budgets.set_for(acme, {MONEY: Decimal(0)})
    budgets.set_for(ada, {DAY: Decimal(0)})

    assert str(refused(ada).detail).endswith("Raise it at /account/budgets.")
    of_acme = "An admin of acme can raise it at /organizations/acme/budgets."
    assert str(refused(acme).detail).endswith(of_acme)
    for owner in (ada, acme):
        budgets.set_for(owner, {MONEY: Decimal(0)}, is_imposed=True)
        by_both = refused(owner)
        alone = "An administrator of this site set it, and alone can raise it."
        assert str(by_both.detail).endswith(alone)
        assert by_both.limit.name == f"money per day of {owner}, set by an administrator"


def test_money_that_an_administrator_bounds_is_out_when_theirs_is(ada: User) -> None:
    budgets.set_for(ada, {MONEY: Decimal(9)})
    budgets.set_for(ada, {MONEY: Decimal(1)}, is_imposed=True)

    assert budgets.reserve("a", None, ada, Decimal("0.6"))
    with pytest.raises(LimitReached):
        budgets.reserve("b", None, ada, Decimal("0.6"))
    assert not budgets.keep_up("a", Decimal("1.1"))
    budgets.settle("a", Decimal("1.1"))

    assert budgets.is_money_out(None, ada.pk)
    assert {budgets.amount(one, one.used) for one in ada.budgets.all()} == {Decimal("1.1")}


def test_the_audit_log_tells_what_was_imposed(ada: User) -> None:
    budgets.set_for(ada, {DAY: Decimal(5)})
    budgets.set_for(ada, {DAY: Decimal(1)}, is_imposed=True)
    budgets.set_for(ada, {DAY: Decimal(2)}, is_imposed=True)

    told = AuditEvent.objects.filter(what="budget.imposed").latest("pk")
    assert (told.before, told.after) == ({"requests_per_day": "1"}, {"requests_per_day": "2"})


@pytest.mark.skipif(connection.vendor == "sqlite", reason="the tests' SQLite is one connection's")
@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_exactly_so_many_are_taken(token: Token, ada: User) -> None:
    budgets.set_for(ada, {MONTH: Decimal(30)})
    budgets.set_for(ada, {MONTH: Decimal(25)}, is_imposed=True)
    budgets.set_for(token, {DAY: Decimal(20), MONEY: Decimal(1)})

    def ask(number: int) -> bool:
        try:
            budgets.take(token, ada)
            return budgets.reserve(f"{number}", token, None, Decimal("0.1"))
        except LimitReached:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        reserved = sum(pool.map(ask, range(100)))

    assert reserved == 10
    assert used(token)[MONEY] == 1
    assert 10 <= used(token)[DAY] <= 20
    assert {one.used for one in ada.budgets.all()} == {used(token)[DAY]}


@pytest.mark.skipif(connection.vendor == "sqlite", reason="the tests' SQLite is one connection's")
@pytest.mark.django_db(transaction=True)
def test_of_many_who_set_one_at_once_each_is_heard(ada: User) -> None:
    ready = Barrier(8)

    def change(most: int) -> None:
        connection.ensure_connection()
        ready.wait(30)
        try:
            budgets.set_for(ada, {DAY: Decimal(most)})
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(change, range(1, 9)))

    told = AuditEvent.objects.filter(what="budget.changed").order_by("pk")
    assert len(told) == 8
    assert [one.after for one in told[:7]] == [one.before for one in told[1:]]
