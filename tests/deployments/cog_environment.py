"""A virtual environment with Cog, made once for all tests of this machine."""

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

REQUIREMENTS = ("cog==0.23.1",)


def made(requirements: tuple[str, ...] = REQUIREMENTS) -> Path:
    """Its folder; the test is skipped where the packages cannot be had."""
    place = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "slipway"
    place = place / "test-environments"
    said = "\n".join((sys.version, os.path.realpath(sys.executable), *requirements))
    folder = place / f"runtime-{hashlib.sha256(said.encode()).hexdigest()[:12]}"
    if (folder / "made").exists():
        return folder
    place.mkdir(parents=True, exist_ok=True)
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            _make(folder, requirements)
    return folder


def _make(folder: Path, requirements: tuple[str, ...]) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", *requirements]
    done = subprocess.run(pip, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"Cog cannot be installed here: {done.stderr.strip()[-300:]}")
    (folder / "made").touch()
