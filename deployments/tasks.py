"""Background work of deployments. Every task may run twice, late or never."""

from celery import shared_task

from deployments import files
from deployments.predictions import running
from deployments.webhooks import forgetting, sending


@shared_task(ignore_result=True, expires=3600)  # type: ignore[untyped-decorator]
def forget_files() -> None:
    """Delete files whose time is over, and bytes that belong to none."""
    files.forget()


@shared_task(ignore_result=True, expires=60)  # type: ignore[untyped-decorator]
def run_predictions(deployment_id: int) -> None:
    """Run what waits for a deployment, as long as it has a slot."""
    running.drain(deployment_id)


@shared_task(ignore_result=True, expires=60)  # type: ignore[untyped-decorator]
def send_webhooks() -> None:
    """Call the receivers of what is due."""
    sending.send_due()


@shared_task(ignore_result=True, expires=3600)  # type: ignore[untyped-decorator]
def forget_webhooks() -> None:
    """Delete deliveries that nobody needs any more."""
    forgetting.forget()
