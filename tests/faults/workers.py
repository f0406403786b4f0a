"""Real workers of deployments on the tests' own database, with a Redis that may be killed."""

import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import redis

from launch import broker
from launch.parts import STOPPABLE_THREADS
from tests import servers

ROOT = Path(__file__).resolve().parents[2]
QUEUES = "deployments,predictions,webhooks"


@dataclass
class Redis:
    """It keeps nothing: killed and started again it is empty."""

    folder: Path
    port: int = field(default_factory=servers.free_port)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        command = [broker.program(Path(sys.executable)), "--port", str(self.port)]
        command += ["--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder)]
        self.process = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL)
        servers.wait_until(lambda: servers.is_listening(self.port), "Redis")

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()

    def client(self) -> "redis.Redis":
        return redis.Redis.from_url(self.url)


@dataclass
class Workers:
    environment: dict[str, str]
    folder: Path
    started: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    def start(self, app: str = "config.celery", **settings: str) -> "subprocess.Popen[bytes]":
        """Each has the clock: two of them are two clocks."""
        said = self.folder / f"worker-{len(self.started)}.txt"
        command = [sys.executable, "-m", "celery", "--quiet", "--app", app, "worker"]
        command += ["--pool", "custom", "--concurrency", "8", "--clock", "--queues", QUEUES]
        command += ["--without-gossip", "--without-mingle", "--loglevel", "WARNING"]
        command += ["--schedule-filename", str(said.with_suffix(".clock"))]
        with said.open("wb") as output:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment | STOPPABLE_THREADS | settings,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.started.append(process)
        servers.wait_until(
            lambda: b"ready" in said.read_bytes() or process.poll() is not None, said.read_text()
        )
        return process

    def kill_all(self) -> None:
        for process in self.started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def environment(var_dir: Path, database: dict[str, Any], broker_url: str) -> dict[str, str]:
    place = f"{database['HOST']}:{database['PORT']}/{database['NAME']}"
    return {
        **os.environ,
        "VAR_DIR": str(var_dir),
        "DATABASE_URL": f"postgresql://{database['USER']}@{place}",
        "BROKER_URL": broker_url,
        # As launch/parts.py sets it, for tests that do not wait for so long.
        # The tests' server, which answers a COMMIT before it wrote, must not when it is to crash.
        "PGOPTIONS": "-c idle_in_transaction_session_timeout=2s -c synchronous_commit=on",
        "REMAP_SIGTERM": "SIGQUIT",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
