"""Background work of deployments. Every task may run twice, late or never."""

from celery import shared_task
from django.utils import timezone

from config.health import heartbeat
from deployments import files, lifecycle, metrics, moves
from deployments.bundles import cleaning
from deployments.predictions import retention, running, sweeping
from deployments.webhooks import forgetting, sending


@shared_task(ignore_result=True, expires=60)  # type: ignore[untyped-decorator]
def advance(pk: int) -> None:
    """Take a deployment's next steps."""
    lifecycle.advance(pk)


@shared_task(ignore_result=True, expires=1)  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Ring for every deployment that has something to do."""
    lifecycle.sweep()


@shared_task(ignore_result=True, expires=10)  # type: ignore[untyped-decorator]
def stop_orphans() -> None:
    """Stop what runs and belongs to nobody."""
    lifecycle.stop_orphans()


@shared_task(ignore_result=True, expires=3600)  # type: ignore[untyped-decorator]
def forget_instances() -> None:
    """Delete what is left of instances that ended long ago, and figures of long ago."""
    lifecycle.forget_instances()
    metrics.forget(timezone.now())


@shared_task(ignore_result=True, expires=30)  # type: ignore[untyped-decorator]
def note_instances() -> None:
    """Write down for this minute how many instances there are."""
    metrics.note_instances()


@shared_task(ignore_result=True, expires=60)  # type: ignore[untyped-decorator]
def build_environment(pk: int) -> None:
    """Install what a bundle needs, unless somebody does."""
    lifecycle.build(pk)


@shared_task(ignore_result=True, expires=15)  # type: ignore[untyped-decorator]
def note_heartbeat() -> None:
    """Who takes these queues is there."""
    heartbeat.note(heartbeat.RUNNER)


@shared_task(ignore_result=True, expires=3600)  # type: ignore[untyped-decorator]
def forget_files() -> None:
    """Delete files whose time is over, and bytes that belong to none."""
    files.forget()


@shared_task(ignore_result=True, expires=3600)  # type: ignore[untyped-decorator]
def clean_bundles() -> None:
    """Remove environments and files of versions that nobody needs."""
    cleaning.clean()


@shared_task(ignore_result=True, expires=60)  # type: ignore[untyped-decorator]
def run_predictions(deployment_id: int) -> None:
    """Run what waits for a deployment, as long as it has a slot."""
    running.drain(deployment_id)


@shared_task(ignore_result=True, expires=1)  # type: ignore[untyped-decorator]
def sweep_predictions() -> None:
    """End and begin what nobody did."""
    sweeping.sweep()


@shared_task(ignore_result=True, expires=10)  # type: ignore[untyped-decorator]
def forget_data() -> None:
    """Remove inputs and outputs of which the time is over."""
    retention.forget()


@shared_task(ignore_result=True, expires=60)  # type: ignore[untyped-decorator]
def send_webhooks() -> None:
    """Call the receivers of what is due."""
    sending.send_due()


@shared_task(ignore_result=True, expires=3600)  # type: ignore[untyped-decorator]
def forget_webhooks() -> None:
    """Delete deliveries that nobody needs any more."""
    forgetting.forget()


@shared_task(ignore_result=True, expires=60)  # type: ignore[untyped-decorator]
def settle_moves() -> None:
    """Let predictions follow deployments that were handed over."""
    moves.settle()
