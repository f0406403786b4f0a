"""Runs commands of Slipway as whole processes and says what each took."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

Figures = tuple[float, float, float]  # seconds, seconds of processor time, MB at most


def command(*words: object) -> list[object]:
    return [sys.executable, ROOT / "manage.py", *words]


def manage(*words: object) -> Figures:
    return timed(command(*words))


def timed(words: list[object]) -> Figures:
    started = time.perf_counter()
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen([str(word) for word in words], cwd=ROOT, **silent)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{words[1]} {words[2]} ended with {process.returncode}.")
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1000


def pace() -> float:
    """Shared machines differ from hour to hour; this says what the hour was like."""
    started = time.process_time()
    count = 0
    while count < 10_000_000:
        count += 1
    return time.process_time() - started
