"""Processes as /proc shows them: who is who in spite of reused numbers, and ending them whole."""

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterable
from pathlib import Path

PROC = Path("/proc")
PAGE = os.sysconf("SC_PAGE_SIZE")


def started(pid: int) -> int:
    """When it started, in ticks since the machine's start; 0 when there is none, or a zombie."""
    fields = _stat(pid)
    return int(fields[19]) if fields and fields[0] not in ("Z", "X") else 0


def is_same(pid: int, start: int) -> bool:
    """Whether this process still lives, and is no other that got its number."""
    return bool(pid and start) and started(pid) == start


def everyone() -> list[int]:
    with contextlib.suppress(OSError):
        return [int(name) for name in os.listdir(PROC) if name.isdecimal()]  # noqa: PTH208
    return []


def below(pid: int) -> set[int]:
    """All that descend from it; who lost his parent went to the keeper, which adopts them."""
    parents = {one: int(fields[1]) for one in everyone() if (fields := _stat(one))}
    found: set[int] = set()
    fresh = {pid}
    while fresh := {one for one, parent in parents.items() if parent in fresh} - found:
        found |= fresh
    return found


def of_user(uid: int) -> set[int]:
    """All of a user that only one instance has."""
    found = set()
    for pid in everyone():
        with contextlib.suppress(OSError):
            if (PROC / str(pid)).stat().st_uid == uid:
                found.add(pid)
    return found


def of_group(group: int) -> set[int]:
    return {pid for pid in everyone() if (fields := _stat(pid)) and int(fields[2]) == group}


def memory(pids: Iterable[int]) -> int:
    """Bytes that they have in memory; what they share counts once for each."""
    return sum(_resident(pid) for pid in pids)


def has_more(pids: set[int], most: int) -> bool:
    """Whether they take more together, with what they share counted once: that is slow to read."""
    return memory(pids) > most and sum(_share(pid) for pid in pids) > most


def _resident(pid: int) -> int:
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int((PROC / str(pid) / "statm").read_text().split()[1]) * PAGE
    return 0


def _share(pid: int) -> int:
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return _resident(pid)
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def kill(pids: Iterable[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)


def kill_all(find: Callable[[], set[int]], *, seconds: float) -> bool:
    """Kills what `find` finds until it finds none: who forks meanwhile is found the next time.

    They are stopped first, so that none can fork while the others die.
    """
    ends_at = time.monotonic() + seconds
    while living := {pid for pid in find() if started(pid)}:
        for pid in living:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGSTOP)
        kill(living)
        if time.monotonic() > ends_at:
            return False
        time.sleep(0.005)
    return True


def _stat(pid: int) -> list[str]:
    """From the third field on: state, parent, group, session, ..."""
    try:
        text = (PROC / str(pid) / "stat").read_text(errors="replace")
    except OSError:
        return []
    return text.rpartition(")")[2].split()
