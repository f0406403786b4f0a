"""Tells a worker that a prediction waits. A lost ring is made good by the next sweep."""

from functools import partial

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)

TASK = "deployments.tasks.run_predictions"


def ring(deployment_id: int) -> None:
    """Once the rows are committed. With a broker that is down it returns within a second."""
    transaction.on_commit(partial(_send, deployment_id), robust=True)


def _send(deployment_id: int) -> None:
    try:
        current_app.send_task(TASK, (deployment_id,), expires=60)
    except OperationalError:
        log.info("the queue is down; the next sweep does it", task=TASK)
