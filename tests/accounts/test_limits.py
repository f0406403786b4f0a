"""Strict limits: what is over them is refused, and so is what cannot be counted."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, connection
from django.db.models import F

from accounts import limits
from accounts.models import LimitCount

pytestmark = pytest.mark.django_db


def test_so_many_are_let_through_and_no_more() -> None:
    verdicts = [limits.strict("a door", 3, 60) for _ in range(5)]

    assert [one.is_allowed for one in verdicts] == [True, True, True, False, False]
    assert [one.left for one in verdicts] == [2, 1, 0, 0, 0]
    assert all(0 < one.reset_in <= 60 for one in verdicts)


def test_each_key_counts_by_itself() -> None:
    limits.strict("a door", 1, 60)

    assert limits.strict("another", 1, 60).is_allowed
    assert limits.strict("k" * 500, 1, 60).is_allowed
    assert not limits.strict("k" * 500, 1, 60).is_allowed


def test_the_end_of_the_window_opens_it_again() -> None:
    limits.strict("a door", 1, 60)
    LimitCount.objects.update(ends_at=F("ends_at") - 60)

    verdict = limits.strict("a door", 1, 60)

    assert (verdict.is_allowed, verdict.left) == (True, 0)
    assert 50 < verdict.reset_in <= 60
    assert not limits.strict("a door", 1, 60).is_allowed


def test_a_refused_try_counts_for_nothing_so_that_the_end_stays_where_it_is() -> None:
    limits.strict("a door", 1, 60)
    before = LimitCount.objects.get()

    limits.strict("a door", 1, 600)

    after = LimitCount.objects.get()
    assert (after.used, after.ends_at) == (before.used, before.ends_at)


def test_a_limit_of_none_at_all_lets_nobody_through() -> None:
    assert not limits.strict("a door", 0, 60).is_allowed


def test_what_is_forgotten_begins_anew() -> None:
    limits.strict("a door", 1, 60)

    limits.forget("a door")

    assert limits.strict("a door", 1, 60).is_allowed


def test_what_cannot_be_counted_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise DatabaseError("the disk is full")

    monkeypatch.setattr(limits, "_first", broken)

    with pytest.raises(limits.Uncounted) as refused:
        limits.strict("a door", 1, 60)
    assert refused.value.status_code == 503


def test_what_ended_long_ago_is_swept_away() -> None:
    limits.strict("long ago", 1, 60)
    LimitCount.objects.update(ends_at=F("ends_at") - 2 * limits.FORGOTTEN_AFTER)
    limits.strict("now", 1, 60)

    limits.sweep()

    assert [one.key for one in LimitCount.objects.all()] == ["now"]


@pytest.mark.skipif(connection.vendor == "sqlite", reason="the tests' SQLite is one connection's")
@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_exactly_so_many_get_through() -> None:
    def knock(_: int) -> bool:
        try:
            return limits.strict("a door", 20, 60).is_allowed
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(knock, range(200))) == 20
