"""Tells the worker that something is to be sent; the beat is the guarantee behind it."""

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)

TASK = "deployments.tasks.send_webhooks"


def ring() -> None:
    """Once the rows are committed."""
    transaction.on_commit(_send, robust=True)


def _send() -> None:
    try:
        current_app.send_task(TASK, expires=60)
    except OperationalError:
        log.info("the queue is down; the next beat does it", task=TASK)
