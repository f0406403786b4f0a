"""The parts of one Slipway: the command of each, and how one sees that it is ready."""

import os
import socket
import sys
from pathlib import Path

from launch import broker
from launch.instance import ROOT, Instance
from launch.supervisor import Part

READY = "ready"  # what web and worker print once they can work


REDIS_CHATTER = (
    *("oO0OoO0OoO0Oo", "Redis version=", "Configuration loaded", "Server initialized"),
    *("scheduling shutdown", "User requested shutdown", "bye bye", "vercommit"),
)
# A worker that is paused in the middle of a write keeps its locks until the database ends that.
NO_LONG_LOCKS = "-c idle_in_transaction_session_timeout=20s"
STOPPABLE_THREADS = {"CELERY_CUSTOM_WORKER_POOL": "config.threads:StoppablePool"}
CELERY_CHATTER = (
    *("Hitting Ctrl+C again", "shutdown (MainProcess)"),
    *("Requeuing undeliverable", "Restoring unacknowledged"),
)


def environment(instance: Instance) -> dict[str, str]:
    """The supervisor's own environment, with this instance's place and address made explicit."""
    return {
        **os.environ,
        "VAR_DIR": str(instance.var_dir),
        "HOST": instance.host,
        "PORT": str(instance.port),
        "PYTHONUNBUFFERED": "1",
        # A worker told to stop gives its tasks a few seconds, then returns them to the queue.
        "REMAP_SIGTERM": "SIGQUIT",
    }


def private_redis(instance: Instance, python: Path) -> Part | None:
    """None when BROKER_URL names a broker that runs elsewhere."""
    if os.environ.get("BROKER_URL", "").strip():
        return None
    path = broker.socket_path(instance.var_dir)
    broker.make_private_folder(path)
    (instance.var_dir / "queue").mkdir(exist_ok=True)
    return Part(
        name="queue",
        command=broker.command(python, instance.var_dir, path),
        environment=environment(instance),
        is_ready=lambda _: _answers(path),
        hushed=REDIS_CHATTER,
    )


def preparation(instance: Instance, python: Path) -> Part:
    return Part(
        name="setup",
        command=[str(python), str(ROOT / "manage.py"), "prepare"],
        environment=environment(instance),
    )


def web(instance: Instance, python: Path) -> Part:
    return Part(
        name="web",
        command=[str(python), "-m", "gunicorn", "--config", "python:config.web"],
        environment=environment(instance),
        is_ready=lambda part: READY in part.said,
    )


def worker(instance: Instance, python: Path) -> Part:
    """One process for tasks unless WORKER_PROCESSES says more: each takes 60 MB."""
    processes = os.environ.get("WORKER_PROCESSES", "").strip() or "1"
    return Part(
        name="worker",
        command=[
            *celery(python),
            *("--concurrency", processes, "--queues", "celery,index,imports"),
        ],
        environment=environment(instance),
        is_ready=lambda part: READY in part.said,
        hushed=CELERY_CHATTER,
    )


def runner(instance: Instance, python: Path) -> Part:
    """One process of threads for tasks that wait for models and receivers, and compute nothing.

    Threads are made when needed, so that many cost nothing while little is asked.
    """
    return Part(
        name="runner",
        command=[
            *celery(python),
            *("--pool", "custom", "--concurrency", "64", "--clock"),
            *("--queues", "deployments,predictions,webhooks"),
        ],
        environment={"PGOPTIONS": NO_LONG_LOCKS, **STOPPABLE_THREADS, **environment(instance)},
        is_ready=lambda part: READY in part.said,
        hushed=CELERY_CHATTER,
    )


def celery(python: Path) -> list[str]:
    return [
        # Without the checks, which load all pages and tell nobody what they find.
        *(str(python), "-m", "celery", "--quiet", "--app", "config.celery", "--skip-checks"),
        "worker",
        *("--loglevel", "WARNING", "--without-gossip", "--without-mingle", "--without-heartbeat"),
    ]


def own_python() -> Path:
    """The interpreter that runs this, for when its environment is already complete."""
    return Path(sys.executable)


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1)
        try:
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False
