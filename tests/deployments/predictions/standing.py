"""A Slipway of real processes: web and worker on a database of their own, with three models."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from launch.instance import ROOT
from tests import servers


@dataclass(frozen=True)
class Standing:
    url: str
    ada: str  # a token
    bob: str
    var_dir: Path


@contextmanager
def standing(var_dir: Path, broker_url: str, addresses: list[str]) -> Iterator[Standing]:
    port = servers.free_port()
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "VAR_DIR": str(var_dir),
        "PORT": str(port),
        "BROKER_URL": broker_url,
        "DEBUG": "false",
        "LOCAL": "true",
        "PYTHONUNBUFFERED": "1",
        "LOG_LEVEL": "WARNING",
    }
    told = _done(
        [sys.executable, "-m", "tests.deployments.predictions.rows", *addresses], environment
    )
    ada, bob = told.split()
    celery = [sys.executable, "-m", "celery", "--app", "config.celery", "worker", "--pool=threads"]
    commands = [
        [sys.executable, "-m", "gunicorn", "--config", "python:config.web"],
        [*celery, "--concurrency=8", "--beat", "--loglevel=WARNING", "-Q", QUEUES],
    ]
    started = [
        subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
        for command in commands
    ]
    try:
        servers.wait_until(lambda: servers.is_listening(port), "the web process listens")
        yield Standing(f"http://127.0.0.1:{port}", ada, bob, var_dir)
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(30)


QUEUES = "celery,predictions"


def _done(command: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout
