"""One Slipway on one VAR_DIR and one port: both are claimed before anything slow begins."""

import errno
import fcntl
import os
import shutil
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from launch import refusal
from launch.refusal import Refused

ROOT = Path(__file__).resolve().parent.parent
LEAST_FREE = 20 * 2**20  # bytes: less than this and the database would stop in mid-write
ANOTHER_FOLDER = "choose another folder: make run VAR_DIR=somewhere"


@dataclass(frozen=True)
class Instance:
    var_dir: Path
    host: str
    port: int

    @property
    def address(self) -> str:
        shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)  # noqa: S104  # nosec B104
        return f"http://{shown}:{self.port}/"


def from_environment(environ: Mapping[str, str]) -> Instance:
    """Reads VAR_DIR, HOST and PORT; config/settings.py reads the rest."""
    port = environ.get("PORT", "").strip() or "8000"
    if not port.isdecimal() or not 1 <= int(port) <= 65535:
        raise Refused(f"PORT is {port!r}; set it to a number from 1 to 65535, as in PORT=8001.")
    folder = environ.get("VAR_DIR", "").strip() or str(ROOT / "var")
    return Instance(
        var_dir=Path(folder).expanduser().absolute(),
        host=environ.get("HOST", "").strip() or "127.0.0.1",
        port=int(port),
    )


@contextmanager
def claimed(instance: Instance) -> Iterator[None]:
    """Holds VAR_DIR for this process alone; the lock ends with the process, however it ends."""
    with _opened(instance.var_dir) as lock:
        _lock(lock, instance)
        check_port(instance)
        _note_down(lock, instance)
        try:
            yield
        finally:
            os.truncate(lock, 0)


@contextmanager
def _opened(var_dir: Path) -> Iterator[int]:
    try:
        var_dir.mkdir(parents=True, exist_ok=True)
        lock = os.open(var_dir / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise refusal.cannot_write(var_dir, error, remedy=ANOTHER_FOLDER) from error
    try:
        yield lock
    finally:
        os.close(lock)


def _lock(lock: int, instance: Instance) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        owner = os.pread(lock, 200, 0).decode(errors="replace").strip() or "it is starting"
        raise Refused(
            f"Slipway already runs on {instance.var_dir} ({owner}); stop it, or {ANOTHER_FOLDER}."
        ) from error


def _note_down(lock: int, instance: Instance) -> None:
    """Says who holds the lock, and finds out early that the disk is full."""
    if shutil.disk_usage(instance.var_dir).free < LEAST_FREE:
        raise refusal.disk_full(instance.var_dir)
    try:
        os.truncate(lock, 0)
        os.pwrite(lock, f"process {os.getpid()} at {instance.address}\n".encode(), 0)
    except OSError as error:
        raise refusal.cannot_write(instance.var_dir, error, remedy=ANOTHER_FOLDER) from error


def check_port(instance: Instance) -> None:
    try:
        _bind(instance.host, instance.port)
    except PermissionError as error:
        raise Refused(
            f"Port {instance.port} may not be opened by this user; choose one from 1024 up: "
            "make run PORT=8000"
        ) from error
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise Refused(
                f"HOST is {instance.host!r}, which is no address of this machine "
                f"({error.strerror}); set it to 127.0.0.1 or 0.0.0.0."
            ) from error
        raise Refused(
            f"Port {instance.port} is taken by another program; choose another: "
            f"make run PORT={_free_port(instance)}"
        ) from error


def _bind(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))


def _free_port(instance: Instance) -> int:
    """The next port up that is free at this moment."""
    for port in range(instance.port + 1, min(instance.port + 100, 65535)):
        try:
            _bind(instance.host, port)
        except OSError:
            continue
        return port
    return 8000
