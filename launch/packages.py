"""The virtual environment: made once, and again when the lock or the Python changes."""

import fcntl
import functools
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from launch import console, debian, processes, refusal
from launch.instance import ROOT
from launch.refusal import Refused

UV = "uv==0.13.9"  # installs the same lock ten times faster than pip
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "slipway-stamp"
RUN_LOCK = ROOT / "requirements.lock"
DEVELOP_LOCK = ROOT / "requirements-dev.lock"
UV_OPTIONS = ("--require-hashes", "--compile-bytecode")  # compiled now, every start is faster
LEAST_FREE = 400 * 2**20  # bytes that the environment takes, with room for unpacking


def install(*, for_development: bool) -> None:
    """Quick when nothing has changed: one look at the stamp."""
    with _one_at_a_time():
        if _is_current(for_development=for_development):
            return
        try:
            _install(DEVELOP_LOCK if for_development else RUN_LOCK)
        except OSError as error:
            raise refusal.cannot_write(VENV, error, remedy="make it writable") from error
        _write_stamp(for_development=for_development)


def _install(lock: Path) -> None:
    STAMP.unlink(missing_ok=True)
    if shutil.disk_usage(ROOT).free < LEAST_FREE:
        raise refusal.disk_full(ROOT)
    if not _is_usable():
        console.say(f"Making the virtual environment with Python {sys.version.split()[0]} ...")
        _make_environment()
    console.say(f"Installing the packages of {lock.name} ...")
    if not _install_with_uv(lock):
        console.say("uv could not install them; trying with pip, which takes longer ...")
        _run_or_refuse([str(PYTHON), "-m", "pip", "install", "--require-hashes", "-r", str(lock)])


def _is_usable() -> bool:
    """Whether the environment is there, starts, and has this Python's version."""
    ask = "import sys; print(*sys.version_info[:2])"
    try:
        answer = subprocess.run(
            [PYTHON, "-c", ask], capture_output=True, text=True, check=False, timeout=30
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.stdout.split() == [str(number) for number in sys.version_info[:2]]


def _make_environment() -> None:
    debian.ensure_venv_module()
    _run_or_refuse([sys.executable, "-m", "venv", "--clear", str(VENV)])


def _install_with_uv(lock: Path) -> bool:
    """False when uv cannot be had, or cannot install; the reason has been shown then."""
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", UV]
    if not _has_uv() and _run(pip)[0]:
        return False
    uv = [str(VENV / "bin" / "uv"), "pip", "sync", "--python", str(PYTHON), *UV_OPTIONS]
    status, tail = _run([*uv, str(lock)], {**os.environ, **uv_settings()})
    if status and refusal.is_about_space(tail):
        raise refusal.disk_full(VENV)
    return status == 0


def _has_uv() -> bool:
    try:
        answer = subprocess.run(
            [VENV / "bin" / "uv", "--version"], capture_output=True, text=True, check=False
        )
    except OSError:
        return False
    return answer.stdout.split()[1:2] == [UV.partition("==")[2]]


@functools.cache
def uv_settings() -> Mapping[str, str]:
    """The system's certificates, and the mirror of pip's configuration, which uv does not read."""
    settings = {"UV_SYSTEM_CERTS": "true"}
    if "UV_DEFAULT_INDEX" in os.environ or "UV_INDEX_URL" in os.environ:
        return settings
    ask = [str(PYTHON if PYTHON.exists() else sys.executable), "-m", "pip", "config", "list"]
    for line in subprocess.run(
        ask, capture_output=True, text=True, check=False
    ).stdout.splitlines():
        name, _, value = line.partition("=")
        if name.endswith(".index-url"):
            settings["UV_DEFAULT_INDEX"] = value.strip("'\"")
    return settings


def _run_or_refuse(command: list[str]) -> None:
    status, tail = _run(command)
    if status == 0:
        return
    if refusal.is_about_space(tail):
        raise refusal.disk_full(VENV)
    raise Refused(f"`{' '.join(command)}` did not work; what it said is above. Then start again.")


def _run(command: list[str], environment: Mapping[str, str] | None = None) -> tuple[int, str]:
    """Shows what the program says but for lists of packages; returns its status and last words."""
    process = subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=processes.end_with_parent,  # noqa: PLW1509 - it takes no lock of a thread
    )
    said: list[str] = []
    assert process.stdout is not None  # noqa: S101 - asked for above
    for line in process.stdout:
        said = [*said[-30:], line]
        if line.strip() and not line.startswith((" + ", " - ", " ~ ")):
            console.show("setup", line.rstrip())
    return process.wait(), "".join(said)


def _is_current(*, for_development: bool) -> bool:
    """An environment for development serves to run as well."""
    try:
        found = STAMP.read_text()
    except OSError:
        return False
    wanted = {_stamp(for_development=True), _stamp(for_development=for_development)}
    return found in wanted and PYTHON.exists()


def _write_stamp(*, for_development: bool) -> None:
    STAMP.write_text(_stamp(for_development=for_development))


def _stamp(*, for_development: bool) -> str:
    """Where the environment is belongs to it: one that was moved or copied does not work."""
    locks = [RUN_LOCK, DEVELOP_LOCK] if for_development else [RUN_LOCK]
    version = "{}.{}".format(*sys.version_info[:2])
    content = [lock.read_bytes() for lock in locks] + [f"{VENV.resolve()} {version}".encode()]
    return hashlib.sha256(b"\0".join(content)).hexdigest()


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two set-ups of one checkout wait for each other."""
    with RUN_LOCK.open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            console.say("Another set-up of this folder is at work; waiting for it ...")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
