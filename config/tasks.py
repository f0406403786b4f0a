from celery import shared_task

from config.health import heartbeat


@shared_task  # type: ignore[untyped-decorator]
def note_heartbeat() -> None:
    heartbeat.note()
