"""Debian's packages: installed when this user may, otherwise named in one line."""

import ctypes.util
import importlib.util
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

from launch import console
from launch.refusal import Refused

_apt = threading.Lock()  # it works for one at a time, and refuses the other


def ensure_venv_module() -> None:
    """Debian's Python comes without what makes virtual environments with pip in them."""
    if importlib.util.find_spec("ensurepip"):
        return
    package = "python{}.{}-venv".format(*sys.version_info[:2])
    if not install([package]):
        raise Refused(
            f"This Python cannot make virtual environments; install {package} "
            f"(sudo apt-get install {package}) and start again."
        )


def ensure_what_models_need(asked: Path) -> None:
    """Models are shut in with bubblewrap; who has none is asked for it once, as `asked` notes."""
    if _has_bubblewrap() or asked.exists():
        return
    asked.touch()
    if not install(["bubblewrap"]):
        console.say(
            "Models are shut in less well than they could be until you run: "
            "sudo apt-get install bubblewrap (docs/isolation.md)"
        )


def ensure_what_tests_need() -> None:
    """What the tests need besides Python; without it those tests fail and say so."""
    missing = [package for package, is_there in FOR_TESTS.items() if not is_there()]
    if missing and not install(missing):
        names = " ".join(missing)
        console.say(f"Some tests will fail until you run: sudo apt-get install {names}")


def install(packages: list[str]) -> bool:
    """Whether they are installed now."""
    become_root = _way_to_root()
    if become_root is None or not shutil.which("apt-get"):
        return False
    get = [*become_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    get += ["-o", "Acquire::http::Timeout=20", "-o", "Acquire::Retries=1"]
    with _apt:
        console.say(f"Installing Debian's packages: {', '.join(packages)} ...")
        _run([*get, "update"])
        return _run([*get, "install", "-y", "--no-install-recommends", *packages])


def _way_to_root() -> list[str] | None:
    """What to put before a command that needs root; None when it would ask for a password."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and _run(["sudo", "-n", "true"], is_shown=False):
        return ["sudo", "-n"]
    return None


def _run(command: list[str], *, is_shown: bool = True) -> bool:
    """What it says is shown only when it failed: apt-get is talkative."""
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode and is_shown:
        for line in done.stdout.splitlines()[-10:]:
            console.show("setup", line)
    return done.returncode == 0


def _has_postgresql() -> bool:
    return bool(
        shutil.which("postgres") or list(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    )


def _has_bubblewrap() -> bool:
    return bool(shutil.which("bwrap"))


def _has_chromium() -> bool:
    return bool(shutil.which("chromium") or shutil.which("google-chrome"))


def _has_libatomic() -> bool:
    """Playwright's own Node needs it, and a small Debian comes without."""
    return bool(ctypes.util.find_library("atomic"))


FOR_TESTS = {
    "postgresql": _has_postgresql,
    "bubblewrap": _has_bubblewrap,
    "chromium": _has_chromium,
    "libatomic1": _has_libatomic,
}
