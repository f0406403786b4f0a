"""The Celery application: background work, started with the web process by the supervisor."""

import logging
import os
import signal
import sys
import warnings
from types import FrameType

from celery import Celery
from celery.signals import setup_logging, worker_ready

from config import clock

LONGEST_END = 20  # seconds from the wish to stop until a worker is killed, if nothing else did it
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Only JSON is accepted as a task's message, so that running as root holds no special danger.
warnings.filterwarnings("ignore", message=r"\s*You're running the worker with superuser")

app = Celery("slipway")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.worker_redirect_stdouts = False
app.conf.worker_soft_shutdown_timeout = 5.0  # seconds for running tasks, before they are returned
app.autodiscover_tasks()
clock.offer(app)


@setup_logging.connect  # type: ignore[untyped-decorator]
def keep_our_logging(**_: object) -> None:
    """config/logs.py has the say; of Celery itself only what is wrong is worth a line."""
    for name in ("celery", "kombu", "amqp"):
        logging.getLogger(name).setLevel(logging.WARNING)


@worker_ready.connect  # type: ignore[untyped-decorator]
def say_so(**_: object) -> None:
    """The supervisor waits for this word."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()


@worker_ready.connect  # type: ignore[untyped-decorator]
def end_for_certain(**_: object) -> None:
    """No supervisor may be left to kill a worker that hangs while it stops: Linux does it then."""
    stop = signal.getsignal(signal.SIGTERM)

    def stop_and_end(number: int, frame: FrameType | None) -> None:
        signal.alarm(LONGEST_END)  # whose signal nobody handles: the process ends
        if callable(stop):
            stop(number, frame)

    signal.signal(signal.SIGTERM, stop_and_end)
