"""A Slipway of real processes: web and worker on a database of their own, with three models."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from launch.instance import ROOT
from tests import servers

QUEUES = "celery,deployments,predictions,webhooks"


@dataclass(frozen=True)
class Standing:
    url: str
    ada: str  # a token
    bob: str


@contextmanager
def standing(var_dir: Path, broker_url: str) -> Iterator[Standing]:
    """`var_dir` holds a migrated database."""
    port = servers.free_port()
    environment = {
        **os.environ,
        "VAR_DIR": str(var_dir),
        "PORT": str(port),
        "BROKER_URL": broker_url,
        "LOCAL": "true",
        "PYTHONUNBUFFERED": "1",
        "LOG_LEVEL": "WARNING",
    }
    ada, bob = _tokens(var_dir / "pushed", environment)
    celery = [sys.executable, "-m", "celery", "--quiet", "--app", "config.celery", "worker"]
    commands = [
        [sys.executable, "-m", "gunicorn", "--config", "python:config.web"],
        [*celery, "--pool=threads", "--concurrency=16", "--beat", "--queues", QUEUES],
    ]
    started = [
        subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
        for command in commands
    ]
    try:
        servers.wait_until(lambda: servers.is_listening(port), "the web process listens")
        yield Standing(f"http://127.0.0.1:{port}", ada, bob)
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(30)
        _stop_models(var_dir)


def _tokens(folder: Path, environment: dict[str, str]) -> list[str]:
    command = [sys.executable, "-m", "tests.deployments.predictions.rows", str(folder)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if "Packages cannot be had here" in done.stderr:
        pytest.skip(done.stderr.strip()[-500:])
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def _stop_models(var_dir: Path) -> None:
    from deployments.runtimes.local.runtime import LocalRuntime  # noqa: PLC0415
    from tests.deployments.instances import stopped  # noqa: PLC0415

    runtime = LocalRuntime(folder=var_dir / "instances", isolation="")
    for key in sorted(runtime.keys()):
        stopped(runtime, key)
