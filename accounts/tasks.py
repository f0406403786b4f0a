"""Background work of accounts. Every task may run twice, late or never."""

from celery import shared_task

from . import limits


@shared_task(ignore_result=True, expires=3600)  # type: ignore[untyped-decorator]
def forget_counts() -> None:
    """Delete the counts of limits whose windows ended."""
    limits.sweep()
