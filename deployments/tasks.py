"""Background work of deployments. Every task may run twice, late or never."""

from celery import shared_task

from deployments import files
from deployments.predictions import running


@shared_task(ignore_result=True, expires=3600)  # type: ignore[untyped-decorator]
def forget_files() -> None:
    """Delete files whose time is over, and bytes that belong to none."""
    files.forget()


@shared_task(ignore_result=True, expires=60)  # type: ignore[untyped-decorator]
def run_predictions(deployment_id: int) -> None:
    """Run what waits for a deployment, as long as it has a slot."""
    running.drain(deployment_id)
