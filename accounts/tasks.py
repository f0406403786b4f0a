"""Background work of accounts. Every task may run twice, late or never."""

from celery import shared_task

from . import limits, sessions
from .closing import actions as closing


@shared_task(ignore_result=True, expires=3600)  # type: ignore[untyped-decorator]
def forget_counts() -> None:
    """Delete the counts of limits whose windows ended."""
    limits.sweep()


@shared_task(ignore_result=True, expires=3600)  # type: ignore[untyped-decorator]
def forget_sessions() -> None:
    """Delete the sessions that ran out."""
    sessions.forget()


@shared_task(ignore_result=True, expires=60)  # type: ignore[untyped-decorator]
def close_accounts() -> None:
    """Go on with what was closed and is not empty yet."""
    closing.go_on()
