"""Runs commands of Slipway, and Slipway itself, as whole processes and says what each took."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
PARTS = {b"gunicorn": "web", b"celery": "worker", b"redis": "queue"}
PATIENCE = 180  # seconds until a server must answer

Figures = tuple[float, float, float]  # seconds, seconds of processor time, MB at most
Settings = dict[str, str]


@dataclass(frozen=True)
class Served:
    """A server that answers on a port of this machine."""

    port: int
    pid: int


def command(*words: object) -> list[object]:
    return [sys.executable, ROOT / "manage.py", *words]


def manage(*words: object, **settings: str) -> Figures:
    return timed(command(*words), **settings)


def timed(words: list[object], **settings: str) -> Figures:
    started = time.perf_counter()
    environment = {**os.environ, **settings}
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen([str(word) for word in words], cwd=ROOT, env=environment, **silent)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{words[1]} {words[2]} ended with {process.returncode}.")
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1000


def said_by(code: str, **settings: str) -> str:
    """What a piece of Python prints that runs inside Slipway."""
    words = [sys.executable, "-c", f"import django; django.setup()\n{code}"]
    needed = {"DJANGO_SETTINGS_MODULE": "config.settings", "LOG_LEVEL": "ERROR"}
    environment = {**os.environ, **needed, **settings, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        words, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout.strip()


@contextmanager
def slipway(**settings: str) -> Iterator[Served]:
    """All parts of a Slipway of its own, ready to answer; stopped at the end."""
    port = free_port()
    words = [sys.executable, "-m", "launch", "serve"]
    with served(words, port, "/v1", PORT=str(port), LOG_LEVEL="WARNING", **settings) as found:
        yield found


@contextmanager
def served(words: list[str], port: int, path: str, **settings: str) -> Iterator[Served]:
    """A server once `path` answers there."""
    environment = {**os.environ, **settings}
    process = subprocess.Popen(words, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        _wait_for(process, port, path)
        yield Served(port, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait_for(process: "subprocess.Popen[bytes]", port: int, path: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", path)
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
        finally:
            connection.close()
    sys.exit(f"{process.args} did not start; its words are above.")


def pace() -> float:
    """Shared machines differ from hour to hour; this says what the hour was like."""
    started = time.process_time()
    count = 0
    while count < 10_000_000:
        count += 1
    return time.process_time() - started


def memory_of(pid: int) -> dict[str, float]:
    """MB of each kind of process below this one: what processes share is split among them."""
    sizes: dict[str, float] = {}
    for each in (pid, *_descendants(pid)):
        with suppress(ProcessLookupError, FileNotFoundError):  # a short-lived one ended just now
            part = _part_of(each)
            sizes[part] = sizes.get(part, 0) + _pss(each)
    return sizes


def processes_of(pid: int, part: str) -> list[int]:
    """Those of one part of the Slipway that this supervisor runs."""
    return [each for each in _descendants(pid) if _part_of(each) == part]


def _descendants(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield int(child)
            yield from _descendants(int(child))


def _part_of(pid: int) -> str:
    words = Path(f"/proc/{pid}/cmdline").read_bytes()
    return next((part for word, part in PARTS.items() if word in words), "other")


def _pss(pid: int) -> float:
    found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)
    return int(found[1]) * 1024 / 1e6 if found else 0


def size_on_disk(path: Path) -> float:
    """MB of a file or of all files below a folder."""
    files = path.rglob("*") if path.is_dir() else path.parent.glob(f"{path.name}*")
    return sum(file.stat().st_size for file in files if file.is_file()) / 1e6
