"""Strict limits: counted in the database, by its clock, so that of many at once none slips through.

For what must not be tried too often, or costs something. Whatever cannot be counted is refused.
Limits of reading, which cost next to nothing and let pass in doubt, are in accounts/rates.py.
"""

import hashlib
from dataclasses import dataclass

import structlog
from django.db import DatabaseError, connection
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException

from config.api.problems import Limit, LimitReached

from .models import LimitCount

log = structlog.get_logger(__name__)

LONGEST_KEY = 120
FORGOTTEN_AFTER = 3600  # seconds after the end of its window
NOW = {
    "sqlite": "CAST(strftime('%%s', 'now') AS INTEGER)",
    "postgresql": "CAST(extract(epoch FROM clock_timestamp()) AS bigint)",
}
# One statement: the row is locked, looked at and counted up. No row: the limit was reached.
COUNT = """
    INSERT INTO accounts_limitcount AS held (key, used, ends_at)
    VALUES (%(key)s, 1, {now} + %(seconds)s)
    ON CONFLICT (key) DO UPDATE SET
        used = CASE WHEN held.ends_at <= {now} THEN 1 ELSE held.used + 1 END,
        ends_at = CASE WHEN held.ends_at <= {now} THEN excluded.ends_at ELSE held.ends_at END
    WHERE held.ends_at <= {now} OR held.used < %(most)s
    RETURNING used, ends_at - {now}
"""
LOOK = "SELECT used, ends_at - {now} FROM accounts_limitcount WHERE key = %(key)s"


@dataclass(frozen=True, slots=True)
class Verdict:
    is_allowed: bool
    left: int  # of the window, after this one
    reset_in: int  # seconds until the window ends


class Uncounted(APIException):
    """The database did not answer: then nobody may."""

    status_code = 503
    default_detail = _("This cannot be counted now, and so it is not done. Try again in a moment.")


def strict(key: str, most: int, seconds: int) -> Verdict:
    """Count one more under this key, unless there were `most` within its window of `seconds`.

    A window begins with its first try. Call it outside of the transaction that it guards: what is
    rolled back was not counted. Raises Uncounted.
    """
    if most < 1:
        return Verdict(is_allowed=False, left=0, reset_in=seconds)
    asked: dict[str, str | int] = {"key": _short(key), "most": most, "seconds": seconds}
    try:
        row = _first(COUNT, asked)
        if row is not None:
            return Verdict(is_allowed=True, left=most - row[0], reset_in=max(1, row[1]))
        full = _first(LOOK, asked)
    except DatabaseError as error:
        log.warning("a strict limit could not be counted", error=str(error))
        raise Uncounted from error
    return Verdict(is_allowed=False, left=0, reset_in=max(1, full[1]) if full else 1)


def reached(
    sentence: str, verdict: Verdict, *, name: str, most: int, page: str = ""
) -> LimitReached:
    """The refusal to raise, which tells programs `name` and people the sentence."""
    limit = Limit(
        name=name, unit="requests", most=most, used=most, reset_in=verdict.reset_in, page=page
    )
    return LimitReached(sentence, limit)


def forget(key: str) -> None:
    """As if nothing was counted: whoever signed in is not held to what they mistyped."""
    LimitCount.objects.filter(key=_short(key)).delete()


def sweep() -> None:
    """Delete what ended long ago."""
    now = _first("SELECT {now}", {})
    assert now is not None  # noqa: S101 - a SELECT without FROM has one row
    LimitCount.objects.filter(ends_at__lt=now[0] - FORGOTTEN_AFTER).delete()


def _first(statement: str, asked: dict[str, str | int]) -> tuple[int, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(statement.format(now=NOW[connection.vendor]), asked)
        rows = cursor.fetchall()
    return rows[0] if rows else None


def _short(key: str) -> str:
    return key if len(key) <= LONGEST_KEY else hashlib.sha256(key.encode()).hexdigest()
