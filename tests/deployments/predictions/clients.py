"""Clients of others in environments of their own, made once for all tests of this machine."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

PYTHON_2 = "replicate==2.0.0b4"
JAVASCRIPT = "replicate@1.4.0"


def python_2() -> Path:
    """A Python that has Replicate's client 2; the test is skipped where it cannot be had."""
    folder = _made("client-python-2.0.0b4", _install_python)
    return folder / "bin" / "python"


def javascript() -> Path:
    """A folder in which node finds Replicate's JavaScript client; skipped where there is none."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            pytest.skip(f"There is no {program} here: sudo apt-get install nodejs npm")
    return _made("client-javascript-1.4.0", _install_javascript)


def _made(name: str, install: Callable[[Path], "subprocess.CompletedProcess[str]"]) -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    place = cache / "slipway" / "test-environments"
    place.mkdir(parents=True, exist_ok=True)
    folder = place / name
    with (place / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            shutil.rmtree(folder, ignore_errors=True)
            done = install(folder)
            if done.returncode:
                pytest.skip(f"{name} cannot be installed here: {done.stderr.strip()[-300:]}")
            (folder / "made").touch()
    return folder


def _install_python(folder: Path) -> "subprocess.CompletedProcess[str]":
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    return _run([str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", PYTHON_2])


def _install_javascript(folder: Path) -> "subprocess.CompletedProcess[str]":
    folder.mkdir()
    words = ["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", JAVASCRIPT]
    return _run(words)


def _run(words: list[str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(words, capture_output=True, text=True)
