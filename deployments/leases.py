"""Who works on a deployment: a lease by the database's clock; its number fences late writers."""

import secrets
import socket
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, Q, Value
from django.db.models.functions import Now

from deployments.models import Deployment

SECONDS = 20.0  # a step takes less than a second; who is paused for longer has lost it
HOST = socket.gethostname()[:40]


class LeaseLost(Exception):
    """Somebody else took over: what we saw is old, and nothing of ours is written any more."""


def in_time(seconds: float) -> "ExpressionWrapper[Any]":
    """This many seconds from now, by the database's clock; negative: ago."""
    length = Value(timedelta(seconds=seconds), output_field=DurationField())
    return ExpressionWrapper(Now() + length, output_field=DateTimeField())


def now() -> datetime:
    """The database's clock."""
    asked = "SELECT STATEMENT_TIMESTAMP()"
    if connection.vendor == "sqlite":
        asked = "SELECT STRFTIME('%%Y-%%m-%%d %%H:%%M:%%f+00:00', 'NOW')"
    with connection.cursor() as cursor:
        cursor.execute(asked, [])
        (found,) = cursor.fetchone()
    return found if isinstance(found, datetime) else datetime.fromisoformat(found)


def take(pk: int, *, seconds: float = SECONDS) -> int | None:
    """The number that fences what is written under this lease; None when somebody has one."""
    is_free = Q(leased_until=None) | Q(leased_until__lt=Now())
    me = f"{HOST}:{secrets.token_hex(8)}"
    taken = Deployment.objects.filter(is_free, pk=pk).update(
        lease_owner=me, leased_until=in_time(seconds), lease_number=F("lease_number") + 1
    )
    if not taken:
        return None
    mine = Deployment.objects.filter(pk=pk, lease_owner=me)
    return mine.values_list("lease_number", flat=True).first()


def renew(pk: int, number: int, *, seconds: float = SECONDS) -> None:
    """Raises LeaseLost."""
    mine = Deployment.objects.filter(pk=pk, lease_number=number)
    if not mine.update(leased_until=in_time(seconds)):
        raise LeaseLost(f"deployment {pk}")


def release(pk: int, number: int) -> None:
    """Let others go on at once. Nothing happens when it was lost meanwhile."""
    Deployment.objects.filter(pk=pk, lease_number=number).update(lease_owner="", leased_until=None)


def break_all(pks: list[int]) -> int:
    """For the administrator: whoever holds one of these is fenced from now on."""
    return Deployment.objects.filter(pk__in=pks).update(
        lease_owner="", leased_until=None, lease_number=F("lease_number") + 1
    )
