"""The runtime `local`: what it promises, from files that keepers write and processes that live."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deployments import cog
from deployments.runtimes.interface import (
    RuntimeRejected,
    RuntimeUnavailable,
    Seen,
    State,
    Wanted,
)
from deployments.runtimes.local import cgroups, folders, processes, sandbox
from deployments.runtimes.local.folders import Folder

ROOT = Path(__file__).resolve().parents[3]
HEALTH_SECONDS = 2.0
GRACE = 5.0  # seconds without an answer until one that was ready is called unhealthy
KEEPER_SECONDS = 10.0  # for a keeper to write down that it has started
SAYS_READY = ("READY", "BUSY")
SAYS_DEAD = ("UNHEALTHY", "DEFUNCT")


@dataclass(frozen=True, kw_only=True)
class LocalRuntime:
    folder: Path  # a folder for each instance lies in it
    isolation: str = ""  # the best there is, unless said
    is_network_allowed: bool = False

    def start(self, wanted: Wanted) -> None:
        folder = self._folder(wanted.key)
        _check(wanted)
        if wanted.has_network and not self.is_network_allowed:
            raise RuntimeRejected(
                "It asks for the network, and RUNTIME_NETWORK does not allow that here."
            )
        isolation = sandbox.choose(self.isolation)
        folder.make()
        lock = folder.lock()
        if lock is None:
            return  # it runs, or somebody is just starting it
        try:
            _end_leftovers(folder)
            folder.forget("exit.json", "state.json", "stop.json", "ready", "silent.json")
            self._start_keeper(wanted, folder, isolation, lock)
        finally:
            os.close(lock)

    def _start_keeper(self, wanted: Wanted, folder: Folder, isolation: str, lock: int) -> None:
        plan = sandbox.plan(wanted, folder, isolation, has_network=wanted.has_network)
        try:
            make_scratch(plan)
            folder.write("plan.json", plan)
            started = subprocess.run(
                _keeper(folder, lock),
                cwd=ROOT,
                env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LANG": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[lock],
                # From its first moment: with a worker that is paused it would hold the lock.
                start_new_session=True,
                timeout=KEEPER_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise RuntimeUnavailable(f"{folder.path} could not be started: {error}.") from error
        if started.returncode or not _appears(folder.path, "state.json", "exit.json"):
            raise RuntimeUnavailable(f"Its keeper did not start. {folder.last_words(3)}".strip())

    def look(self, key: str) -> Seen:
        folder = self._folder(key)
        state = folder.read("state.json")
        if ended := folder.read("exit.json"):
            return _ended(folder, state, ended)
        if not state:
            is_held = folder.path.is_dir() and _is_held(folder)
            return Seen(state=State.STARTING if is_held else State.UNKNOWN)
        if not processes.is_same(*state["keeper"]):
            return _found_without_keeper(folder, state)
        return _asked(folder, state)

    def stop(self, key: str, *, seconds: float = 10) -> bool:
        folder = self._folder(key)
        if not folder.path.is_dir():
            return True
        state = folder.read("state.json")
        keeper, start = state.get("keeper", (0, 0))
        if processes.is_same(keeper, start):
            asked_at = _ask_to_stop(folder, keeper, seconds)
            if _waits_for(lambda: not processes.is_same(keeper, start), seconds=0.5):
                return _is_over(folder)
            if time.time() < asked_at + seconds + 3:
                return False
            _kill(keeper)  # it had its time, and is stuck itself
            if not _waits_for(lambda: not processes.is_same(keeper, start), seconds=0.5):
                return False
        return _is_over(folder)

    def keys(self) -> set[str]:
        return {folder.key for folder in folders.all_in(self.folder) if _is_living(folder)}

    def _folder(self, key: str) -> Folder:
        return folders.folder(self.folder, key)


def _check(wanted: Wanted) -> None:
    """Raises RuntimeRejected for what can never start."""
    if not wanted.bundle.is_dir():
        raise RuntimeRejected(
            "The files of this version are missing; push it again.", "BundleMissing"
        )
    if not (wanted.environment / "bin" / "python").exists():
        raise RuntimeRejected("Its environment is missing; it has to be built.", "BundleMissing")


def _keeper(folder: Folder, lock: int) -> list[str]:
    python = [sandbox.own_python(), "-S", "-E", "-s"]
    return [*python, "-m", "deployments.runtimes.local.keeper", str(folder.path), str(lock)]


def make_scratch(plan: dict[str, Any]) -> None:
    if not plan["scratch"]:
        return
    scratch = Path(plan["scratch"])
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(mode=0o700)
    user = plan["inside"]["user"]
    if user:
        os.chown(scratch, user, user)
        for place in (scratch.parent, scratch.parent.parent):
            place.chmod(0o711)  # to pass through, not to look around


def _appears(folder: Path, *names: str) -> bool:
    return _waits_for(
        lambda: any((folder / name).exists() for name in names), seconds=KEEPER_SECONDS
    )


def _waits_for(is_so: Any, *, seconds: float) -> bool:
    ends_at = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > ends_at:
            return False
        time.sleep(0.005)
    return True


def _is_held(folder: Folder) -> bool:
    lock = folder.lock()
    if lock is None:
        return True
    os.close(lock)
    return False


def _is_living(folder: Folder) -> bool:
    state = folder.read("state.json")
    if not state:
        return _is_held(folder)
    if processes.is_same(*state["keeper"]):
        return True
    return bool(_leftovers(state))


def _leftovers(state: dict[str, Any]) -> set[int]:
    """What lives of an instance whose keeper is gone; not who got the numbers of its processes."""
    found = cgroups.members(state.get("groups", []))
    pid, start = state.get("server", (0, 0))
    if processes.is_same(pid, start):
        found |= {pid} | processes.below(pid)
    if start and pid and not processes.started(pid):
        found |= processes.of_group(pid)  # a group's number is not reused while it has members
    if state.get("user"):
        found |= processes.of_user(state["user"])
    return {one for one in found if processes.started(one)}


def _end_leftovers(folder: Folder) -> bool:
    state = folder.read("state.json")
    if not state:
        return True
    is_done = processes.kill_all(lambda: _leftovers(state), seconds=2)
    if is_done:
        cgroups.remove(state.get("groups", []))
        shutil.rmtree(folder.path / "scratch", ignore_errors=True)
        with contextlib.suppress(OSError):
            folder.socket.unlink()
    return is_done


def _is_over(folder: Folder) -> bool:
    """Nothing of it is left, and its files say so."""
    if not _end_leftovers(folder):
        return False
    if folder.read("state.json") and not folder.read("exit.json"):
        _note_end(folder)
    return True


def _note_end(folder: Folder) -> dict[str, Any]:
    """In the place of a keeper that was killed itself."""
    state = folder.read("state.json")
    ended = {
        "exit_code": None,
        "is_out_of_memory": cgroups.was_out_of_memory(state.get("groups", [])),
        "is_port_taken": False,
        "was_asked": bool(folder.read("stop.json")),
        "ended_at": time.time(),
        "detail": "The process that kept it was killed.",
    }
    folder.write("exit.json", ended)
    return ended


def _found_without_keeper(folder: Folder, state: dict[str, Any]) -> Seen:
    """Its keeper was killed: the rest is ended too, as nobody would hear what it says."""
    ended = folder.read("exit.json")  # perhaps written a moment ago
    if not ended:
        _end_leftovers(folder)
        ended = _note_end(folder)
    return _ended(folder, state, ended)


def _ended(folder: Folder, state: dict[str, Any], ended: dict[str, Any]) -> Seen:
    return Seen(
        state=State.EXITED,
        detail=ended.get("detail") or folder.last_words(),
        exit_code=ended.get("exit_code"),
        was_asked=bool(ended.get("was_asked")),
        is_out_of_memory=bool(ended.get("is_out_of_memory")),
        is_port_taken=bool(ended.get("is_port_taken")),
        isolation=state.get("isolation", ""),
        slots=state.get("slots", 1),
    )


def _asked(folder: Folder, state: dict[str, Any]) -> Seen:
    """By Cog's health check, with deadlines of our own: it may say STARTING for ever."""
    try:
        health = cog.health(state["address"], seconds=HEALTH_SECONDS)
    except cog.Gone as error:
        return _silent(folder, state, str(error))
    folder.forget("silent.json")
    if health.status in SAYS_READY:
        (folder.path / "ready").touch()
        return _seen(state, State.READY)
    if health.status == "SETUP_FAILED":
        words = folder.last_words() or health.logs
        return _seen(state, State.SETUP_FAILED, words, is_out_of_memory="MemoryError" in words)
    if health.status in SAYS_DEAD:
        return _seen(state, State.UNHEALTHY, f"Its worker died.\n{folder.last_words()}")
    return _starting(folder, state)


def _silent(folder: Folder, state: dict[str, Any], why: str) -> Seen:
    if not (folder.path / "ready").exists():
        return _starting(folder, state)
    since = folder.read("silent.json").get("since")
    if since is None:
        since = time.time()
        folder.write("silent.json", {"since": since})
    if time.time() - since < GRACE:
        return _seen(state, State.READY, f"It is slow: {why}")
    return _seen(state, State.UNHEALTHY, f"It has not answered for {time.time() - since:.0f} s.")


def _starting(folder: Folder, state: dict[str, Any]) -> Seen:
    if time.time() - state["started_at"] <= state["setup_seconds"]:
        return _seen(state, State.STARTING)
    words = f"Its setup took more than {state['setup_seconds']} seconds.\n{folder.last_words()}"
    return _seen(state, State.SETUP_FAILED, words, is_setup_timed_out=True)


def _seen(
    state: dict[str, Any],
    what: State,
    detail: str = "",
    *,
    is_out_of_memory: bool = False,
    is_setup_timed_out: bool = False,
) -> Seen:
    groups = state.get("groups", [])
    return Seen(
        state=what,
        address=state["address"],
        detail=detail.strip(),
        is_out_of_memory=is_out_of_memory or cgroups.was_out_of_memory(groups),
        is_setup_timed_out=is_setup_timed_out,
        memory_used=_memory(state),
        isolation=state["isolation"],
        slots=state["slots"],
    )


def _memory(state: dict[str, Any]) -> int | None:
    in_group = cgroups.memory(state.get("groups", []))
    if in_group is not None:
        return in_group
    pid = state["server"][0]
    return processes.memory({pid} | processes.below(pid))


def _ask_to_stop(folder: Folder, keeper: int, seconds: float) -> float:
    """When it was first asked."""
    asked = folder.read("stop.json")
    if not asked or seconds < asked["seconds"]:
        asked = {"asked_at": asked.get("asked_at", time.time()), "seconds": seconds}
        folder.write("stop.json", asked)
        with contextlib.suppress(ProcessLookupError):
            os.kill(keeper, signal.SIGTERM)
    return float(asked["asked_at"])


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)
