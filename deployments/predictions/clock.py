"""Times by the database's clock, which all processes share."""

from datetime import timedelta

from django.db.models import DateTimeField, DurationField, ExpressionWrapper, Value
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Now


def from_now(seconds: float) -> "ExpressionWrapper[CombinedExpression]":
    length = Value(timedelta(seconds=seconds), output_field=DurationField())
    return ExpressionWrapper(Now() + length, output_field=DateTimeField())
