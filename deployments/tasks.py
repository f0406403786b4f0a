"""Background work of deployments. Every task may run twice, late or never."""

from celery import shared_task

from deployments import files


@shared_task(ignore_result=True, expires=3600)  # type: ignore[untyped-decorator]
def forget_files() -> None:
    """Delete files whose time is over, and bytes that belong to none."""
    files.forget()
