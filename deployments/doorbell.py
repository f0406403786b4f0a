"""Tells the workers that there is something to do. A lost ring is made good by the next sweep."""

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)

ADVANCE = "deployments.tasks.advance"
BUILD = "deployments.tasks.build_environment"
PREDICT = "deployments.tasks.run_predictions"


def ring(task: str, *ids: int | str, expires: float = 60) -> None:
    """Once the rows are committed. With a broker that is down it returns within a second."""
    # No partial: of what fails here Django logs the name, which that has not.
    transaction.on_commit(lambda: _send(task, ids, expires), robust=True)


def _send(task: str, ids: tuple[int | str, ...], expires: float) -> None:
    try:
        current_app.send_task(task, ids, expires=expires)
    except OperationalError:
        log.info("the queue is down; the next sweep does it", task=task)
