"""Who the fences stand between, and a web process as it is served."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from launch.instance import ROOT
from tests import servers

if TYPE_CHECKING:
    from accounts.models import User


@pytest.fixture
def ada(db: None) -> "User":
    from accounts.models import User  # noqa: PLC0415

    return User.objects.create_user("ada", email="ada@example.org")


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a web process that gives each request a second."""
    var_dir, port = tmp_path_factory.mktemp("slow"), servers.free_port()
    given = {"PORT": str(port), "VAR_DIR": str(var_dir), "REQUEST_SECONDS": "1"}
    command = [sys.executable, "-m", "gunicorn", "--config", "python:config.web"]
    with (var_dir / "log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **given}, stdout=log, stderr=log
        )
    try:
        servers.wait_until(lambda: "ready" in _said(var_dir), "the web process")
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _said(var_dir: Path) -> str:
    return (var_dir / "log").read_text()
