"""The hardware that this installation has, looked at once a process, or as the settings say.

What a container or a systemd unit may use counts, not what the host has. Accelerators are found
by NVIDIA's own tool; others are told by HARDWARE_GPU_MEMORY.
"""

import os
import platform
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

from catalog import memory

ASK_GPUS = ("--query-gpu=memory.total", "--format=csv,noheader,nounits")
SECONDS = 5  # a driver that hangs must not keep a page waiting for long
MEBIBYTE = 2**20
CGROUPS = Path("/sys/fs/cgroup")
# What no limit looks like in the first version of cgroups: nearly 2^63, rounded to pages.
NO_LIMIT = 2**60


@dataclass(frozen=True, slots=True)
class Hardware:
    """Memory in bytes, that of the machine and that of each accelerator."""

    cpus: int
    memory: int
    gpus: tuple[int, ...] = ()
    is_apple: bool = False

    @property
    def budget(self) -> int:
        """The memory that one model can have: the largest accelerator's, or else the machine's."""
        return max(self.gpus, default=self.memory)

    @property
    def devices(self) -> tuple[str, ...]:
        """Kinds of hardware that files may ask for, in memory.py's words."""
        present = {memory.GPU: bool(self.gpus), memory.APPLE: self.is_apple}
        return tuple(kind for kind, is_there in present.items() if is_there)


def here() -> Hardware:
    """Settings first, so that they can be changed in tests and do not wait for a look."""
    found = _found()
    gpus = settings.HARDWARE_GPU_MEMORY
    return Hardware(
        cpus=found.cpus,
        memory=settings.HARDWARE_MEMORY or found.memory,
        gpus=found.gpus if gpus is None else tuple(size for size in gpus if size),
        is_apple=found.is_apple,
    )


@cache
def _found() -> Hardware:
    return Hardware(
        cpus=_cpus(),
        memory=_memory(),
        gpus=_gpus() if settings.HARDWARE_GPU_MEMORY is None else (),
        is_apple=platform.system() == "Darwin" and platform.machine() == "arm64",
    )


def _cpus() -> int:
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min([usable or 1, *_cpu_limits()])


def _memory() -> int:
    installed = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limits = [*_numbers("memory.max"), *_numbers("memory.limit_in_bytes", of="memory")]
    return min([installed, *(limit for limit in limits if 0 < limit < NO_LIMIT)])


def _cpu_limits() -> list[int]:
    """Whole processors, at least one: a quota of 150 ms in each 100 ms is two at most."""
    pairs = [text.split() for text in _texts("cpu.max")]
    old = zip(
        _texts("cpu.cfs_quota_us", of="cpu"), _texts("cpu.cfs_period_us", of="cpu"), strict=False
    )
    limits = [(pair[0], pair[-1]) for pair in (*pairs, *old) if pair]
    known = [(int(q), int(p)) for q, p in limits if q.isdecimal() and p.isdecimal()]
    return [max(1, -(-quota // period)) for quota, period in known if period]


def _numbers(file: str, *, of: str = "") -> list[int]:
    return [int(text) for text in _texts(file, of=of) if text.isdecimal()]


def _texts(file: str, *, of: str = "") -> list[str]:
    """What this file says in our cgroup and in all that hold it; `of` is the first version's."""
    place = _place(of)
    folders = [CGROUPS / of / part for part in (place, *place.parents)]
    found = (folder / file for folder in folders)
    return [text for path in dict.fromkeys(found) if (text := _read(path))]


def _place(controller: str) -> Path:
    """The path of our cgroup below the mounted one, as /proc tells."""
    lines = [line.split(":", 2) for line in _read(Path("/proc/self/cgroup")).splitlines()]
    paths = [line[2] for line in lines if len(line) == 3 and controller in line[1].split(",")]
    return Path(paths[0].lstrip("/")) if paths else Path()


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""


def _gpus() -> tuple[int, ...]:
    """Bytes of each of NVIDIA's; none where the tool is missing, fails or hangs."""
    tool = shutil.which("nvidia-smi")
    if not tool:
        return ()
    try:
        told = subprocess.run(  # noqa: S603 - our own words
            [tool, *ASK_GPUS], capture_output=True, text=True, timeout=SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ()
    lines = (line.strip() for line in told.stdout.splitlines())
    return tuple(int(line) * MEBIBYTE for line in lines if line.isdecimal())
