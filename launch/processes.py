"""Child processes that leave nothing behind: each leads its own group and dies with its parent."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys

from launch.refusal import Refused

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def end_with_parent() -> None:
    """Asks Linux to send SIGTERM when the parent dies, be it by kill -9."""
    if LIBC:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def start(command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Both of its outputs come through one pipe, which is read without waiting."""
    try:
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches the supervisor alone, which stops in order
            preexec_fn=end_with_parent,  # noqa: PLW1509 - the supervisor has one thread
        )
    except OSError as error:
        raise Refused(f"{command[0]} cannot be started ({error.strerror}).") from error
    assert process.stdout is not None  # noqa: S101 - asked for above
    os.set_blocking(process.stdout.fileno(), False)
    return process


def ask_to_end(process: subprocess.Popen[bytes] | None) -> None:
    """To the leader alone, which tells its own children in the right way."""
    if process and process.poll() is None:
        process.terminate()


def end(process: subprocess.Popen[bytes] | None) -> None:
    """Ends at once whatever is left of the process and its group."""
    if process is None:
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def ending(process: subprocess.Popen[bytes] | None) -> str:
    status = process.returncode if process else 0
    if status >= 0:
        return f"status {status}"
    return signal.Signals(-status).name
