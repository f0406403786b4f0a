"""Connections while something is waited for, and times by the clock that all processes share."""

from datetime import timedelta

from django.db import connection
from django.db.models import DateTimeField, DurationField, ExpressionWrapper, Value
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Now


def let_go() -> None:
    """Of a pool's connection, which others need meanwhile, and of one that was lost."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()


def close() -> None:
    """For who waits long, together with hundreds of others; the next query opens another."""
    if not connection.in_atomic_block:
        connection.close()


def from_now(seconds: float) -> "ExpressionWrapper[CombinedExpression]":
    length = Value(timedelta(seconds=seconds), output_field=DurationField())
    return ExpressionWrapper(Now() + length, output_field=DateTimeField())
