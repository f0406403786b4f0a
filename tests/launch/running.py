"""Starts the real thing, `python -m launch serve`, as somebody at a terminal does."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from launch import broker
from launch.instance import ROOT
from tests import servers

READY = "Slipway is ready"
PATIENCE = 60.0  # seconds: a first start fills the catalog


@dataclass
class Running:
    """One Slipway that a test has started; `said` grows as it is read."""

    var_dir: Path
    port: int
    process: subprocess.Popen[str]
    owns_state: bool = True
    said: list[str] = field(default_factory=list)

    def read_until(self, words: str) -> str:
        """The line with these words."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line.rstrip())
            if words in line:
                return line.rstrip()
        raise AssertionError(f"it ended without saying {words!r}: " + "\n".join(self.said))

    def read_on(self) -> None:
        """Reads whatever it says from now on: a full pipe would stop it in the middle of a word."""
        threading.Thread(target=self.read_to_the_end, daemon=True).start()

    def read_to_the_end(self) -> str:
        assert self.process.stdout is not None
        self.said += [line.rstrip() for line in self.process.stdout]
        self.process.wait(PATIENCE)
        return "\n".join(self.said)

    def family(self) -> dict[int, str]:
        """Every process that works on this state folder, by its id: what it is."""
        commands = {
            int(folder.name): _read(folder / "cmdline").replace(b"\0", b" ").decode()
            for folder in Path("/proc").iterdir()
            if folder.name.isdecimal()
        }
        return {
            number: command
            for number, command in commands.items()
            if self._is_ours(number, command)
        }

    def _is_ours(self, number: int, command: str) -> bool:
        """Redis overwrites its environment; its title holds the socket."""
        if str(broker.socket_path(self.var_dir)) in command:
            return True
        environment = _read(Path(f"/proc/{number}/environ")).split(b"\0")
        return f"VAR_DIR={self.var_dir}".encode() in environment

    def one_of_the_family(self, words: str) -> int:
        """The first started process with these words in its command."""
        return min(number for number, command in self.family().items() if words in command)

    def wait_until_nothing_is_left(self) -> None:
        try:
            servers.wait_until(lambda: not self.family(), "their end", seconds=70)
        except TimeoutError as error:
            raise AssertionError(f"These should have ended: {self.family()}") from error

    def has_socket(self) -> bool:
        return broker.socket_path(self.var_dir).exists()


@contextmanager
def started(
    var_dir: Path, *, port: int = 0, owns_state: bool = True, **environment: str
) -> Iterator[Running]:
    """Whatever the test does, nothing that works on the state is left afterwards."""
    port = port or servers.free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "launch", "serve"],
        cwd=ROOT,
        env=_environment(var_dir, port) | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    running = Running(var_dir, port, process, owns_state)
    try:
        yield running
    finally:
        _end(running)


def _end(running: Running) -> None:
    if running.process.poll() is None:
        running.process.terminate()
    deadline = time.monotonic() + 20
    while running.process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    for number in running.family() if running.owns_state else ():
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
    running.process.wait(10)
    if running.process.stdout:
        running.process.stdout.close()


def _environment(var_dir: Path, port: int) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "VAR_DIR": str(var_dir),
        "PORT": str(port),
    }


def _read(path: Path) -> bytes:
    """Empty for a process that is gone, or somebody else's."""
    try:
        return path.read_bytes()
    except OSError:
        return b""
