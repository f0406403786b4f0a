"""Keeps one instance: starts it, writes down what it says and how it ended, leaves nothing of it.

It belongs to no worker: it leads a session of its own and outlives who started it. Run as
`python -S -E -m deployments.runtimes.local.keeper FOLDER LOCK`, with the standard library alone.
"""

import ctypes
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

from deployments.runtimes.local import cgroups, processes
from deployments.runtimes.local.log import Log

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
LIBC = ctypes.CDLL(None)
TURN = 0.25  # seconds between two looks at memory and disk
STOP_SECONDS = 10.0
MOST_UNFINISHED = 65536  # bytes of a line that does not end
PORT_TAKEN = ("address already in use", "addrinuse")


class Keeper:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.plan: dict[str, Any] = json.loads((folder / "plan.json").read_text())
        self.log = Log(folder)
        self.groups: list[str] = []
        self.is_out_of_memory = False
        self.is_port_taken = False
        self.dies_at: float | None = None
        self._unfinished: dict[str, bytes] = {"out": b"", "err": b""}
        self._selector = selectors.DefaultSelector()

    def keep(self) -> None:
        self._listen_to_signals()
        self._start()
        while self.server.poll() is None:
            self._hear(TURN)
            self._bury()
            self._watch()
        self._end()

    def _listen_to_signals(self) -> None:
        LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        self._wakeup, notifier = socket.socketpair()
        for end in (self._wakeup, notifier):
            end.setblocking(False)
        self._notifier = notifier
        signal.set_wakeup_fd(notifier.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.signal(signal.SIGTERM, self._asked_to_stop)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        self._selector.register(self._wakeup, selectors.EVENT_READ, "wakeup")

    def _start(self) -> None:
        plan = self.plan
        limits = plan["group"]
        self.groups = cgroups.make(limits["name"], **limits["limits"]) or []
        told, self.control = os.pipe()
        passed = [told]
        inside = plan["inside"]
        if inside["relay"] is not None:
            self.listener = self._listen(plan["socket"])
            passed.append(self.listener.fileno())
            inside["relay"]["listener"] = self.listener.fileno()
        command = [word.replace("{control}", str(told)) for word in plan["command"]]
        self.server = subprocess.Popen(
            command,
            env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=passed,
            start_new_session=True,
            preexec_fn=self._before_start,  # noqa: PLW1509 - the keeper has one thread
        )
        os.close(told)
        self._write("state.json", self._state())
        with suppress(BrokenPipeError):
            os.write(self.control, json.dumps(inside).encode() + b"\n")
        for stream, output in (("out", self.server.stdout), ("err", self.server.stderr)):
            assert output is not None  # noqa: S101 - asked for above
            os.set_blocking(output.fileno(), False)
            self._selector.register(output, selectors.EVENT_READ, stream)

    def _before_start(self) -> None:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        os.nice(2)
        if self.groups:
            cgroups.join(self.groups)

    def _listen(self, path: str) -> socket.socket:
        """Made here, so that nothing in the sandbox needs a place that it may write to."""
        Path(path).unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(path)
        os.chmod(path, 0o600)  # noqa: PTH101
        listener.listen(128)
        return listener

    def _state(self) -> dict[str, Any]:
        me = os.getpid()
        return {
            **self.plan["shown"],
            "keeper": [me, processes.started(me)],
            "server": [self.server.pid, processes.started(self.server.pid)],
            "groups": self.groups,
            "user": self.plan["inside"]["user"],
            "started_at": time.time(),
        }

    def _hear(self, seconds: float) -> None:
        for key, _ in self._selector.select(seconds):
            if key.data == "wakeup":
                with suppress(BlockingIOError):
                    self._wakeup.recv(4096)
            else:
                self._read(key.fileobj, key.data)

    def _bury(self) -> None:
        """Who lost his parent is this process's child, and counts until it has heard of his end."""
        options = os.WEXITED | os.WNOHANG | os.WNOWAIT
        with suppress(ChildProcessError):
            while (dead := os.waitid(os.P_ALL, 0, options)) and dead.si_pid != self.server.pid:
                os.waitpid(dead.si_pid, 0)

    def _read(self, output: Any, stream: str) -> bool:
        try:
            heard = os.read(output.fileno(), 65536)
        except BlockingIOError:
            return False
        if not heard:
            self._selector.unregister(output)
            return False
        *lines, rest = (self._unfinished[stream] + heard).split(b"\n")
        if len(rest) > MOST_UNFINISHED:
            lines, rest = [*lines, rest], b""
        self._unfinished[stream] = rest
        for line in lines:
            self._take(stream, line)
        return True

    def _take(self, stream: str, line: bytes) -> None:
        lower = line[:4096].lower()
        self.is_port_taken |= any(word.encode() in lower for word in PORT_TAKEN)
        self.log.hear(stream, line)

    def _watch(self) -> None:
        if self.dies_at is not None and time.monotonic() > self.dies_at:
            self._kill_because("It did not end in time and is killed.")
        elif not (self.folder / "state.json").exists():
            self._kill()  # nobody would find it any more
        elif not self.groups:
            self._watch_together()
        if self.plan["scratch"] and _size(self.plan["scratch"]) > self.plan["scratch_bytes"]:
            self._kill_because(f"It wrote more than {_mb(self.plan['scratch_bytes'])} of files.")

    def _watch_together(self) -> None:
        """What the kernel would do for a control group, in turns."""
        everyone, limits = self._all(), self.plan["group"]["limits"]
        if len(everyone) > limits["processes"]:
            self._kill_because(f"It started more than {limits['processes']} processes.")
        elif processes.has_more(everyone, limits["memory"]):
            self.is_out_of_memory = True
            self._kill_because(f"It took more than its {_mb(limits['memory'])} of memory.")

    def _kill_because(self, why: str) -> None:
        self.log.say(why)
        self._kill()

    def _asked_to_stop(self, number: int, frame: FrameType | None) -> None:
        """Cog finishes what it answers, then ends; after the given seconds everything is killed."""
        try:
            seconds = float(json.loads((self.folder / "stop.json").read_text())["seconds"])
        except (OSError, ValueError, KeyError):
            seconds = STOP_SECONDS
        wanted = time.monotonic() + seconds
        self.dies_at = wanted if self.dies_at is None else min(wanted, self.dies_at)
        with suppress(OSError):
            if self.plan["inside"]["relay"] is not None:
                os.write(self.control, b"stop\n")
            else:
                self.server.terminate()

    def _all(self) -> set[int]:
        found = processes.below(os.getpid()) | cgroups.members(self.groups)
        user = self.plan["inside"]["user"]
        return found | (processes.of_user(user) if user else set())

    def _kill(self) -> None:
        with suppress(ProcessLookupError):
            self.server.kill()
        processes.kill_all(self._all, seconds=5)

    def _end(self) -> None:
        status = self.server.returncode
        self._kill()
        self._hear_the_rest()
        self.is_out_of_memory |= cgroups.was_out_of_memory(self.groups)
        cgroups.remove(self.groups)
        self._tidy()
        code = status if status >= 0 else 128 - status
        self.log.say(f"It has ended ({_ending(code)}).")
        if not self.folder.exists():
            return
        self._write("exit.json", {
            "exit_code": code,
            "is_out_of_memory": self.is_out_of_memory,
            "is_port_taken": self.is_port_taken,
            "was_asked": self.dies_at is not None,
            "ended_at": time.time(),
        })  # fmt: skip

    def _hear_the_rest(self) -> None:
        for stream, output in (("out", self.server.stdout), ("err", self.server.stderr)):
            for _ in range(64):  # at most 4 MB
                if output is None or not self._read_quietly(output, stream):
                    break
            if self._unfinished[stream]:
                self._take(stream, self._unfinished[stream])

    def _read_quietly(self, output: Any, stream: str) -> bool:
        with suppress(KeyError, ValueError):
            return self._read(output, stream)
        return False

    def _tidy(self) -> None:
        with suppress(OSError):
            if self.plan["inside"]["relay"] is not None:
                Path(self.plan["socket"]).unlink()
        if self.plan["scratch"]:
            subprocess.run(["/bin/rm", "-rf", self.plan["scratch"]], check=False)
        (self.folder / "plan.json").unlink(missing_ok=True)  # it holds the model's variables

    def _write(self, name: str, content: dict[str, Any]) -> None:
        draft = self.folder / f".{name}"
        draft.write_text(json.dumps(content))
        draft.replace(self.folder / name)


def _mb(size: int) -> str:
    return f"{size // 2**20} MB"


def _size(folder: str) -> int:
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += os.lstat(f"{place}/{name}").st_blocks * 512
    return total


def _ending(code: int) -> str:
    with suppress(ValueError):
        if code > 128:
            return signal.Signals(code - 128).name
    return f"status {code}"


def main(folder: Path, lock: int) -> None:
    """The first fork lets the caller go on; the lock is this process's for its whole life."""
    os.set_inheritable(lock, False)
    if os.fork():
        os._exit(0)
    os.setsid()
    try:
        Keeper(folder).keep()
    except BaseException as error:
        Log(folder).say(f"Its keeper failed: {type(error).__name__}: {error}")
        raise


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
