"""Runs within the sandbox: takes on its limits, starts Cog's server, and relays to its port.

Standard library alone, and little of that. Its one argument is the number of a pipe from the
keeper: the first line is the plan; then `stop` means that the server should finish and end, and
the pipe's end that the keeper is gone.
"""

import ctypes
import json
import os
import resource
import signal
import socket
import sys
import threading
from contextlib import suppress
from typing import Any

import landlock  # type: ignore[import-not-found]  # its neighbour in this folder

LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP = 1, 4, 24
PR_SET_NO_NEW_PRIVS = 38
MOST_CONNECTIONS = 64


def main(control: int) -> None:
    plan, rest = _read_plan(control)
    if plan["relay"] is None:
        os.close(control)
        _become(plan)
        _start(plan)
    listener = socket.socket(fileno=plan["relay"]["listener"])
    server = os.fork()
    if server == 0:
        os.close(control)
        listener.close()
        _die_with_parent()
        _become(plan)
        _start(plan)
    _drop_user(plan)
    LIBC.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    threading.Thread(target=_obey, args=(control, rest, server), daemon=True).start()
    threading.Thread(target=_relay, args=(listener, plan["relay"]["port"]), daemon=True).start()
    _, status = os.waitpid(server, 0)
    code = os.waitstatus_to_exitcode(status)
    os._exit(code if code >= 0 else 128 - code)


def _read_plan(control: int) -> tuple[dict[str, Any], bytes]:
    heard = b""
    while b"\n" not in heard:
        more = os.read(control, 65536)
        if not more:
            sys.exit("the keeper went away")
        heard += more
    line, _, rest = heard.partition(b"\n")
    return json.loads(line), rest


def _become(plan: dict[str, Any]) -> None:
    """Limits first, while they may be set; then who it is; then what it may open."""
    os.umask(0o077)
    os.chdir(plan["folder"])
    for name, most in plan["limits"].items():
        number = getattr(resource, f"RLIMIT_{name}")
        hard = resource.getrlimit(number)[1]
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(number, (allowed, allowed))
    with suppress(OSError):
        os.sched_setaffinity(0, plan["cpus"])
    _drop_user(plan)
    if plan["is_capless"]:
        _drop_capabilities()
    LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if plan["landlock"]:
        landlock.confine(**plan["landlock"])
    if plan["relay"] is None:
        _die_with_parent()  # changing who it is has undone it


def _drop_user(plan: dict[str, Any]) -> None:
    if plan["user"] and os.getuid() == 0:
        os.setgroups([])
        os.setresgid(plan["user"], plan["user"], plan["user"])
        os.setresuid(plan["user"], plan["user"], plan["user"])


def _drop_capabilities() -> None:
    """For root who must stay root, because only root can read the interpreter."""
    for number in range(64):
        LIBC.prctl(PR_CAPBSET_DROP, number, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    LIBC.capset(header, (ctypes.c_uint32 * 6)())


def _die_with_parent() -> None:
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _start(plan: dict[str, Any]) -> None:
    os.execve(plan["command"][0], plan["command"], plan["environment"])  # noqa: S606


def _obey(control: int, heard: bytes, server: int) -> None:
    while b"stop" not in heard:
        more = os.read(control, 100)
        if not more:
            os._exit(137)
        heard += more
    with suppress(ProcessLookupError):
        os.kill(server, signal.SIGTERM)
    while os.read(control, 100):
        pass
    os._exit(137)


def _relay(listener: socket.socket, port: int) -> None:
    slots = threading.BoundedSemaphore(MOST_CONNECTIONS)
    while True:
        slots.acquire()
        near, _ = listener.accept()
        threading.Thread(target=_carry, args=(near, port, slots), daemon=True).start()


def _carry(near: socket.socket, port: int, slots: threading.BoundedSemaphore) -> None:
    """One connection: whoever ends first ends both, so that a caller who leaves is noticed."""
    try:
        far = socket.socket()
        far.connect(("127.0.0.1", port))
        far.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        back = threading.Thread(target=_copy, args=(far, near), daemon=True)
        back.start()
        _copy(near, far)
        back.join()
        far.close()
    except OSError:
        pass
    finally:
        near.close()
        slots.release()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65536):
            target.sendall(piece)
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


threading.stack_size(256 * 1024)
main(int(sys.argv[1]))
