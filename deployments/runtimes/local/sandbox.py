"""What shuts an instance in: bubblewrap where it works, else Landlock, else limits alone."""

import functools
import hashlib
import math
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from deployments.runtimes.interface import RuntimeRejected, Wanted
from deployments.runtimes.local.folders import Folder
from deployments.runtimes.local.inside import landlock
from launch import broker

INSIDE = Path(__file__).resolve().parent / "inside"
BUBBLEWRAP, LANDLOCK, NONE = "bubblewrap", "landlock", "none"
PORT_INSIDE = 5000  # in a network of its own
FIRST_USER = 0x4000_0000  # from here on no account has its number
SCRATCH_BYTES = 256 * 2**20  # what a model may write
MOST_PROCESSES = 256  # threads count too
MOST_FILES = 1024
ROOM = 256 * 2**20  # beside `memory`, of one process: stacks of threads, which are rarely touched
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
SETTINGS_OF_SYSTEM = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime", "/etc/mime.types")
FOR_NETWORK = (
    *("/etc/ssl", "/etc/ca-certificates", "/etc/resolv.conf", "/etc/hosts"),
    *("/etc/nsswitch.conf", "/etc/services"),
)
FACTS = ("/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/version", "/proc/filesystems")
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")


def choose(asked: str = "") -> str:
    """The best that works here, or the one asked for. Raises RuntimeRejected."""
    for name in [asked] if asked else [BUBBLEWRAP, LANDLOCK, NONE]:
        if name == NONE or (name == BUBBLEWRAP and _has_bubblewrap(int(time.time()) // 60)):
            return name
        if name == LANDLOCK and landlock.abi():
            return name
    raise RuntimeRejected(
        f"RUNTIME_ISOLATION is {asked}, which does not work on this host; see docs/isolation.md."
    )


@functools.lru_cache(maxsize=4)
def _has_bubblewrap(minute: int) -> bool:
    """Tried, because a kernel or a container may forbid what it needs; and again each minute."""
    program = shutil.which("bwrap")
    if not program:
        return False
    command = [program, *_namespaces(has_network=False), "--ro-bind", "/", "/"]
    command += ["--proc", "/proc", "--dev", "/dev", "--size", "4096", "--tmpfs", "/tmp", "true"]  # noqa: S108  # nosec B108
    try:
        done = subprocess.run(command, capture_output=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def plan(wanted: Wanted, folder: Folder, isolation: str, *, has_network: bool) -> dict[str, Any]:
    """All that the keeper needs to know, as JSON."""
    is_boxed = isolation == BUBBLEWRAP
    port = PORT_INSIDE if is_boxed and not has_network else _free_port()
    scratch = "" if is_boxed else str(folder.path / "scratch")
    user = _user(wanted, isolation)
    place = "/src" if is_boxed else str(wanted.bundle)
    inside: dict[str, Any] = {
        "command": _server(wanted),
        "environment": _environment(wanted, port, scratch or "/tmp"),  # noqa: S108  # nosec B108
        "folder": place,
        "scratch": scratch,
        **_view(wanted, folder, scratch),
        "has_network": has_network,
        "limits": _limits(wanted, isolation, user),
        "most_processes": MOST_PROCESSES,
        "cpus": _cpus(wanted),
        "user": user,
        "is_capless": not is_boxed and not user and os.geteuid() == 0,
        "relay": {"port": port} if is_boxed else None,
        "landlock": None,
    }
    if isolation == LANDLOCK:
        inside["landlock"] = _confinement(wanted, scratch, port, has_network=has_network)
    start = [str(wanted.environment / "bin" / "python"), "-I", "-S"]
    box = _box(wanted, has_network=has_network) if is_boxed else []
    script = "/slipway/inside" if is_boxed else str(INSIDE)
    return {
        "command": [*box, *start, script, "{control}"],
        "inside": inside,
        "socket": str(folder.socket),
        "scratch": scratch,
        "scratch_bytes": SCRATCH_BYTES,
        "group": {
            "name": hashlib.sha256(os.fsencode(folder.path)).hexdigest()[:24],
            "limits": {
                "memory": wanted.memory,
                "processes": MOST_PROCESSES,
                "cpus": wanted.cpus,
            },
        },
        "shown": {
            "address": f"unix:{folder.socket}" if is_boxed else f"http://127.0.0.1:{port}",
            "isolation": isolation,
            "slots": wanted.slots,
            "setup_seconds": wanted.setup_seconds,
        },
    }


def _view(wanted: Wanted, folder: Folder, scratch: str) -> dict[str, list[str]]:
    """What is hidden where there is no bubblewrap: `VAR_DIR`, and where its sockets may be."""
    var_dir = folder.path.parent.parent
    beside = {broker.socket_path(var_dir).parent, folder.socket.parent}
    hidden = [var_dir, *(place for place in beside if not place.is_relative_to(var_dir))]
    kept = [str(wanted.environment), str(wanted.bundle), scratch]
    kept += [source for source, _ in _interpreter(wanted.environment)]
    return {
        "hidden": [str(place) for place in hidden if place.is_dir()],
        "kept": [place for place in kept if any(map(Path(place).is_relative_to, hidden))],
    }


def _server(wanted: Wanted) -> list[str]:
    python = str(wanted.environment / "bin" / "python")
    return [python, "-m", "cog.server.http", "--host", "127.0.0.1"]


def _environment(wanted: Wanted, port: int, scratch: str) -> dict[str, str]:
    """Nothing of Slipway's own: its environment holds secrets."""
    threads = str(max(1, math.ceil(wanted.cpus)))
    ours = {
        # Cog starts its worker as `python`, whichever comes first here.
        "PATH": f"{wanted.environment / 'bin'}:/usr/local/bin:/usr/bin:/bin",
        "PORT": str(port),
        "COG_PREDICT_TYPE_STUB": wanted.predictor,
        "COG_MAX_CONCURRENCY": str(wanted.slots),
        "HOME": scratch,
        "TMPDIR": scratch,
        "USER": "model",
        "LOGNAME": "model",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_NUM_THREADS": threads,
        "OPENBLAS_NUM_THREADS": threads,
        "MKL_NUM_THREADS": threads,
        # Otherwise each of its threads sets 64 MB of addresses aside.
        "MALLOC_ARENA_MAX": "4",
    }
    return {**wanted.variables, **ours}


def _limits(wanted: Wanted, isolation: str, user: int) -> dict[str, int]:
    """Of each process. What they may take together is the control group's or the keeper's matter.

    Not RLIMIT_AS: numpy and onnxruntime reserve far more addresses than they use.
    """
    limits = {
        "DATA": wanted.memory + ROOM,
        "FSIZE": SCRATCH_BYTES,
        "NOFILE": MOST_FILES,
        "CORE": 0,
    }
    if isolation == BUBBLEWRAP or user:  # counted by itself there
        limits["NPROC"] = MOST_PROCESSES
    elif os.geteuid() != 0:
        limits["NPROC"] = _own_threads() + MOST_PROCESSES
    return limits


def _own_threads() -> int:
    """Of all processes of this user: the limit counts them together."""
    total = 0
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if path.stat().st_uid == os.getuid():
                total += sum(1 for _ in (path / "task").iterdir())
        except OSError:
            continue
    return total


def _cpus(wanted: Wanted) -> list[int]:
    """A rough share for hosts where no control group can be made; others among the same many."""
    there = sorted(os.sched_getaffinity(0))
    count = min(len(there), max(1, math.ceil(wanted.cpus)))
    first = int(hashlib.sha256(wanted.key.encode()).hexdigest(), 16) % len(there)
    return [there[(first + step) % len(there)] for step in range(count)]


def _user(wanted: Wanted, isolation: str) -> int:
    """A number that no account has, this instance's own; 0: whoever starts it.

    Without bubblewrap that user must be able to reach what it runs: a Python below /root is not.
    """
    if os.geteuid() != 0:
        return 0
    number = FIRST_USER + int(hashlib.sha256(wanted.key.encode()).hexdigest()[:7], 16)
    if isolation == BUBBLEWRAP or all(_is_open(path) for path in _needed(wanted)):
        return number
    return 0


def _needed(wanted: Wanted) -> Iterable[Path]:
    python = wanted.environment / "bin" / "python"
    return [python.resolve(), wanted.environment / "pyvenv.cfg", wanted.bundle, INSIDE]


def _is_open(path: Path) -> bool:
    """Whether everybody may enter each folder on the way, and read what is at its end."""
    return all(folder.stat().st_mode & 0o001 for folder in path.absolute().parents) and bool(
        path.stat().st_mode & 0o004
    )


def _namespaces(*, has_network: bool) -> list[str]:
    words = ["--unshare-ipc", "--unshare-pid", "--unshare-uts", "--unshare-cgroup-try"]
    words += ["--die-with-parent", "--hostname", "model", "--new-session"]
    if not has_network:
        words.append("--unshare-net")
    if os.geteuid() == 0:
        return [*words, "--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    return [*words, "--unshare-user", "--disable-userns", "--cap-drop", "ALL"]


def _box(wanted: Wanted, *, has_network: bool) -> list[str]:
    program = shutil.which("bwrap") or "bwrap"
    words = [program, *_namespaces(has_network=has_network)]
    words += ["--proc", "/proc", "--dev", "/dev"]
    for place in ("/tmp", "/dev/shm"):  # noqa: S108  # nosec B108
        words += ["--perms", "1777", "--size", str(SCRATCH_BYTES), "--tmpfs", place]
    for path in SYSTEM:
        words += _system(path)
    for path in (*SETTINGS_OF_SYSTEM, *(FOR_NETWORK if has_network else ())):
        words += ["--ro-bind-try", path, path]
    for folder in _ways(wanted.environment):
        words += ["--perms", "0755", "--dir", folder]
    for source, target in _interpreter(wanted.environment):
        words += ["--ro-bind", source, target]
    for link, target in _links(wanted.environment / "bin" / "python"):
        words += ["--symlink", target, link]
    words += ["--ro-bind", str(wanted.environment), str(wanted.environment)]
    words += ["--ro-bind", str(wanted.bundle), "/src", "--ro-bind", str(INSIDE), "/slipway/inside"]
    return [*words, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/src", "--"]


def _system(path: str) -> list[str]:
    if Path(path).is_symlink():
        return ["--symlink", str(Path(path).readlink()), path]
    return ["--ro-bind-try", path, path]


def _ways(environment: Path) -> list[str]:
    """Folders on the way to what is bound, open to the model's user, as bubblewrap has some not."""
    ends = [environment, *(Path(target) for _, target in _interpreter(environment))]
    ways = {folder for end in ends for folder in end.parents if not _is_system(folder)}
    return [str(folder) for folder in sorted(ways) if str(folder) not in ("/", "/tmp")]  # noqa: S108  # nosec B108


def _interpreter(environment: Path) -> list[tuple[str, str]]:
    """The folders of the Python that the environment was made with, unless /usr has it.

    `bin` and `lib` alone: somebody's Python may have their home folder as its prefix.
    """
    found = []
    for prefix in dict.fromkeys(_prefixes(environment)):
        for name in ("bin", "lib"):
            if (prefix / name).is_dir() and not _is_system(prefix):
                found.append((str((prefix / name).resolve()), str(prefix / name)))
    return found


def _prefixes(environment: Path) -> list[Path]:
    python = environment / "bin" / "python"
    prefixes = [python.resolve().parent.parent]
    config = environment / "pyvenv.cfg"
    for line in config.read_text().splitlines() if config.exists() else []:
        name, _, value = line.partition("=")
        if name.strip() == "home":
            prefixes.append(Path(value.strip()).parent)
    return prefixes


def _links(python: Path) -> list[tuple[str, str]]:
    """Each further link between the environment's python and the real one."""
    links = []
    environment = python.parent
    while python.is_symlink():
        target = python.readlink()
        covered = python.parent == environment or _is_system(python)
        if not covered and all(python.parent != p / "bin" for p in _prefixes(environment.parent)):
            links.append((str(python), str(target)))
        python = python.parent / target
    return links


def _is_system(path: Path) -> bool:
    return any(path.is_relative_to(folder) for folder in SYSTEM)


def _confinement(
    wanted: Wanted, scratch: str, port: int, *, has_network: bool
) -> dict[str, object]:
    read = [*SYSTEM, *SETTINGS_OF_SYSTEM, *FACTS, str(wanted.environment), str(wanted.bundle)]
    read += [source for source, _ in _interpreter(wanted.environment)]
    read += ["/sys/devices/system/cpu", "/dev/random", "/dev/urandom"]
    if has_network:
        read += FOR_NETWORK
    return {
        "read": read,
        "write": [scratch, "/tmp/coglet", *DEVICES],  # noqa: S108  # nosec B108
        "port": port,
        "has_network": has_network,
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def own_python() -> str:
    """For the keeper: the interpreter of this environment."""
    return sys.executable
