"""Real servers for the tests: started on a free port of this machine, stopped and removed after."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from launch import broker, processes
from launch.meilisearch import program

PATIENCE = 30.0  # seconds until a server must answer
IN_MEMORY = Path("/dev/shm")  # noqa: S108 - what a test writes is not worth a disk
SPEED = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60")


class Missing(Exception):
    """The message names what to install."""


@contextmanager
def postgresql(port: int | None = None) -> Iterator[str]:
    """The DATABASE_URL of a new, empty server."""
    programs = _postgresql_programs()
    user = _who_is_not_root()
    with _folder_of(user) as folder:
        initdb = [str(programs / "initdb"), "-D", str(folder / "data"), "-U", "slipway"]
        _finish([*initdb, "--auth=trust", "--encoding=UTF8", "--no-sync"], user)
        port = port or free_port()
        command = [
            *(str(programs / "postgres"), "-D", str(folder / "data"), "-p", str(port)),
            *("-k", str(folder), "-c", "listen_addresses=127.0.0.1"),
            *(word for setting in SPEED for word in ("-c", setting)),
        ]
        ask = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
        with _running(command, folder, user, is_ready=lambda: subprocess.call(ask) == 0):
            yield f"postgresql://slipway@127.0.0.1:{port}/postgres"


@contextmanager
def redis(port: int | None = None) -> Iterator[str]:
    """The BROKER_URL of a new, empty server that keeps nothing on disk."""
    port = port or free_port()
    with _folder_of(None) as folder:
        command = [
            *(broker.program(Path(sys.executable)), "--port", str(port), "--bind", "127.0.0.1"),
            *("--save", "", "--dir", str(folder)),
        ]
        with _running(command, folder, None, is_ready=lambda: is_listening(port)):
            yield f"redis://127.0.0.1:{port}/0"


@contextmanager
def meilisearch(*options: str, folder: Path | None = None) -> Iterator[str]:
    """The SEARCH_URL of a new, empty server; without --master-key it asks for no key."""
    port = free_port()
    with _folder_of(None, within=IN_MEMORY if IN_MEMORY.is_dir() else None) as made:
        command = [
            *(meilisearch_program(), "--http-addr", f"127.0.0.1:{port}"),
            *("--db-path", str((folder or made) / "data"), "--no-analytics"),
            # With one thread every change takes half a second.
            *("--max-indexing-threads", "2", "--max-indexing-memory", "64MB", *options),
        ]
        with _running(command, made, None, is_ready=lambda: is_listening(port)):
            yield f"http://127.0.0.1:{port}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(is_true: Callable[[], bool], what: str, *, seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {seconds:.0f} seconds")
        time.sleep(0.05)


def _postgresql_programs() -> Path:
    """The folder of the newest PostgreSQL here."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=_version)
    on_path = shutil.which("postgres")
    if not found and not on_path:
        raise Missing(
            "These tests need PostgreSQL: sudo apt-get install postgresql "
            "(or leave them out: pytest --database=sqlite)."
        )
    return (found[-1] if found else Path(str(on_path)).resolve()).parent


def meilisearch_program() -> str:
    found = program()
    if found is None:
        raise Missing("This needs Meilisearch 1.21 or newer: set MEILISEARCH_BIN to where it is.")
    return str(found)


def _version(program: Path) -> float:
    return float(program.parent.parent.name)


def _who_is_not_root() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root; None when this user will do."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


@contextmanager
def _folder_of(user: pwd.struct_passwd | None, *, within: Path | None = None) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="slipway-test-", dir=within))
    try:
        if user:
            os.chown(folder, user.pw_uid, user.pw_gid)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _as(user: pwd.struct_passwd | None) -> dict[str, int | list[int]]:
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}


def _finish(command: list[str], user: pwd.struct_passwd | None) -> None:
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, **_as(user))
    if done.returncode:
        raise RuntimeError(f"{command[0]} did not work: {done.stderr}")


@contextmanager
def _running(
    command: list[str],
    folder: Path,
    user: pwd.struct_passwd | None,
    *,
    is_ready: Callable[[], bool],
) -> Iterator[None]:
    """The server dies with the tests, even when they are killed."""
    log = folder / "log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            command,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=processes.end_with_parent,  # noqa: PLW1509 - there is one thread
            **_as(user),
        )
    try:
        wait_until(lambda: server.poll() is not None or is_ready(), command[0])
        if server.poll() is not None:
            raise RuntimeError(f"{command[0]} ended at once: {log.read_text()[-1000:]}")
        yield
    finally:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
