"""Linux's control groups, versions 1 and 2: limits that hold for all processes of an instance.

Only root may make them, and not in every container; where they cannot be had, `make` answers None
and what is left are the limits of single processes.
"""

import contextlib
import os
import time
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
NEEDED = ("memory", "pids")
PERIOD = 100_000  # microseconds


def make(name: str, *, memory: int, processes: int, cpus: float) -> list[str] | None:
    """The folders of a new group, one with version 2, one each controller with version 1."""
    if os.geteuid() != 0:
        return None
    made: list[str] = []
    try:
        for controller, place in _places().items():
            path = place / "slipway" / name
            path.mkdir(parents=True, exist_ok=True)
            made.append(str(path))
            _limit(path, controller, memory=memory, processes=processes, cpus=cpus)
    except OSError:
        remove(made)
        return None
    return made or None


def join(folders: list[str]) -> None:
    """The calling process, and all that it starts from now on."""
    for folder in folders:
        (Path(folder) / "cgroup.procs").write_text(str(os.getpid()))


def members(folders: list[str]) -> set[int]:
    found: set[int] = set()
    for folder in folders:
        with contextlib.suppress(OSError, ValueError):
            found |= {int(pid) for pid in (Path(folder) / "cgroup.procs").read_text().split()}
    return found


def memory(folders: list[str]) -> int | None:
    """Bytes that they hold, the private files in memory included; None when it is not known."""
    for folder in folders:
        for name in ("memory.current", "memory.usage_in_bytes"):
            with contextlib.suppress(OSError, ValueError):
                return int((Path(folder) / name).read_text())
    return None


def was_out_of_memory(folders: list[str]) -> bool:
    for folder in folders:
        for name in ("memory.events", "memory.oom_control"):
            with contextlib.suppress(OSError, ValueError, IndexError):
                lines = (Path(folder) / name).read_text().splitlines()
                if any(int(line.split()[1]) for line in lines if line.startswith("oom_kill ")):
                    return True
    return False


def remove(folders: list[str]) -> None:
    """It is empty a moment after its last process died."""
    for folder in folders:
        for _ in range(50):
            try:
                Path(folder).rmdir()
            except FileNotFoundError:
                break
            except OSError:
                time.sleep(0.01)
            else:
                break


def _places() -> dict[str, Path]:
    """Where each controller's groups are made; raises OSError when a needed one is missing."""
    own = _own_groups()
    if (ROOT / "cgroup.controllers").exists():
        (ROOT / "slipway").mkdir(exist_ok=True)
        for place in (ROOT, ROOT / "slipway"):
            (place / "cgroup.subtree_control").write_text("+memory +pids +cpu")
        return {"unified": ROOT}
    places = {
        name: ROOT / name / own.get(name, "/").lstrip("/")
        for name in (*NEEDED, "cpu")
        if (ROOT / name).is_dir()
    }
    if not set(NEEDED) <= set(places):
        raise FileNotFoundError("no controllers")
    return places


def _own_groups() -> dict[str, str]:
    found = {}
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, names, path = line.split(":", 2)
        found.update(dict.fromkeys(names.split(","), path))
    return found


def _limit(path: Path, controller: str, *, memory: int, processes: int, cpus: float) -> None:
    quota = max(1000, int(cpus * PERIOD))
    if controller == "unified":
        (path / "memory.max").write_text(str(memory))
        (path / "pids.max").write_text(str(processes))
        with contextlib.suppress(OSError):
            (path / "memory.swap.max").write_text("0")
            (path / "cpu.max").write_text(f"{quota} {PERIOD}")
    elif controller == "memory":
        (path / "memory.limit_in_bytes").write_text(str(memory))
        with contextlib.suppress(OSError):
            (path / "memory.memsw.limit_in_bytes").write_text(str(memory))
    elif controller == "pids":
        (path / "pids.max").write_text(str(processes))
    else:
        (path / "cpu.cfs_period_us").write_text(str(PERIOD))
        (path / "cpu.cfs_quota_us").write_text(str(quota))
