"""Starts processes, shows what they say, restarts what dies, and stops every one of them.

One thread and one selector: it wakes up for output, for a signal, or when something is due.
"""

import contextlib
import os
import selectors
import signal
import socket
import subprocess
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType, TracebackType

from launch import console, processes
from launch.refusal import Refused

QUICK = 10.0  # seconds: who dies sooner after its start is about to die again
MOST_QUICK_DEATHS = 5
FIRST_DELAY = 0.25  # seconds before a part that died is started again; doubles at each quick death
PATIENCE = 60.0  # seconds that a part may take until it is ready
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):
    """Somebody asked for the end: Ctrl-C, a signal, or the terminal went away."""


@dataclass
class Part:
    """One process that is kept running. `hushed`: lines with one of these words are not shown."""

    name: str
    command: list[str]
    environment: dict[str, str]
    is_ready: Callable[["Part"], bool] = lambda part: True
    hushed: tuple[str, ...] = ()
    seconds_to_stop: float = 10.0
    said: deque[str] = field(default_factory=lambda: deque(maxlen=50))
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    quick_deaths: int = 0
    starts_again_at: float | None = None

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Supervisor:
    def __init__(self, *, explain_death: Callable[[Part], None] = lambda part: None) -> None:
        """`explain_death` is asked at each death; it may raise Refused to end everything."""
        self.parts: list[Part] = []
        self._explain_death = explain_death
        self._is_asked_to_stop = 0
        self._selector = selectors.DefaultSelector()
        self._pending: dict[int, bytes] = {}

    def __enter__(self) -> "Supervisor":
        self._wakeup, notifier = socket.socketpair()
        self._wakeup.setblocking(False)
        notifier.setblocking(False)
        self._notifier = notifier
        self._selector.register(self._wakeup, selectors.EVENT_READ, self._drain_wakeup)
        signal.set_wakeup_fd(notifier.fileno(), warn_on_full_buffer=False)
        self._handlers_before = {
            signal.SIGCHLD: signal.signal(signal.SIGCHLD, lambda number, frame: None),
            **{number: signal.signal(number, self._ask_to_stop) for number in STOP_SIGNALS},
        }
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop_all()
        signal.set_wakeup_fd(-1)
        for number, handler in self._handlers_before.items():
            signal.signal(number, handler)
        self._selector.close()
        self._wakeup.close()
        self._notifier.close()

    def keep(self, *parts: Part) -> None:
        """Starts the parts, keeps them running, and returns when all of them are ready."""
        for part in parts:
            self.parts.append(part)
            self._start(part)
        deadline = time.monotonic() + PATIENCE
        while waiting := [part for part in parts if not (part.is_running and part.is_ready(part))]:
            if time.monotonic() > deadline:
                raise Refused(f"{waiting[0].name} was not ready within {PATIENCE:.0f} seconds.")
            self._turn(0.05)

    def run_once(self, part: Part) -> int:
        """Starts the part, waits for its end, and returns its exit status."""
        self._start(part)
        self.parts.append(part)
        while part.is_running:
            self._turn(0.5, tended=False)
        self._hear_the_rest(part)
        self.parts.remove(part)
        assert part.process is not None  # noqa: S101 - it was started above
        return part.process.returncode

    def watch(self) -> None:
        """Keeps everything running until somebody asks for the end, which raises Stopped."""
        while True:
            self._turn(self._seconds_until_due())

    def _turn(self, seconds: float, *, tended: bool = True) -> None:
        self._listen(seconds)
        if self._is_asked_to_stop:
            raise Stopped
        if tended:
            for part in self.parts:
                self._tend(part)

    def _listen(self, seconds: float) -> None:
        for key, _ in self._selector.select(seconds):
            key.data()

    def _tend(self, part: Part) -> None:
        if part.is_running:
            return
        now = time.monotonic()
        if part.starts_again_at is None:
            self._note_death(part, now)
        elif now >= part.starts_again_at:
            self._start(part)

    def _note_death(self, part: Part, now: float) -> None:
        self._hear_the_rest(part)
        processes.end(part.process)  # what it may have left of its own children
        self._explain_death(part)
        lived = now - part.started_at
        part.quick_deaths = part.quick_deaths + 1 if lived < QUICK else 1
        if part.quick_deaths >= MOST_QUICK_DEATHS:
            raise Refused(
                f"{part.name} died {MOST_QUICK_DEATHS} times within seconds of its start; "
                "its last words are above. Everything is stopped."
            )
        delay = FIRST_DELAY * 2 ** (part.quick_deaths - 1)
        console.say(f"{part.name} ended ({processes.ending(part.process)}); starting it again.")
        part.starts_again_at = now + delay

    def _start(self, part: Part) -> None:
        part.said.clear()
        part.starts_again_at = None
        part.started_at = time.monotonic()
        part.process = processes.start(part.command, part.environment)
        output = part.process.stdout
        assert output is not None  # noqa: S101 - processes.start gives it a pipe
        self._pending[output.fileno()] = b""
        self._selector.register(output, selectors.EVENT_READ, lambda: self._hear(part))

    def _hear(self, part: Part) -> bool:
        """Shows the whole lines that the part has said; False when there is nothing to read."""
        output = part.process.stdout if part.process else None
        if output is None or output.closed:
            return False
        try:
            heard = os.read(output.fileno(), 65536)
        except BlockingIOError:
            return False
        lines = (self._pending[output.fileno()] + heard).split(b"\n")
        self._pending[output.fileno()] = lines.pop() if heard else b""
        for line in lines:
            self._show(part, line.decode(errors="replace").rstrip())
        if not heard:
            self._selector.unregister(output)
            output.close()
        return bool(heard)

    def _hear_the_rest(self, part: Part) -> None:
        """What a dead part's pipe still holds, though a grandchild may keep the pipe open."""
        while self._hear(part):
            pass
        output = part.process.stdout if part.process else None
        if output and not output.closed:
            self._selector.unregister(output)
            output.close()

    def _show(self, part: Part, line: str) -> None:
        part.said.append(line)
        if line and not any(word in line for word in part.hushed):
            console.show(part.name, line)

    def _seconds_until_due(self) -> float:
        due = [part.starts_again_at for part in self.parts if part.starts_again_at is not None]
        return max(0.0, min(due) - time.monotonic()) if due else 60.0

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self._is_asked_to_stop += 1

    def _drain_wakeup(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._wakeup.recv(4096)

    def _stop_all(self) -> None:
        """Last started, first stopped, so that the queue outlives those who use it."""
        for together in self._in_order_of_stopping():
            for part in together:
                processes.ask_to_end(part.process)
            deadline = time.monotonic() + max(part.seconds_to_stop for part in together)
            patience = self._is_asked_to_stop + 1  # one more Ctrl-C means: now
            while any(part.is_running for part in together):
                if time.monotonic() > deadline or self._is_asked_to_stop > patience:
                    break
                self._listen(0.05)
            for part in together:
                processes.end(part.process)
                self._hear_the_rest(part)

    def _in_order_of_stopping(self) -> list[list[Part]]:
        started = [part for part in self.parts if part.process is not None]
        return [group for group in (started[1:], started[:1]) if group]
