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
import time
from contextlib import suppress
from typing import Any

import landlock  # type: ignore[import-not-found]  # its neighbour in this folder
import sockets  # type: ignore[import-not-found]  # so is this

LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP = 1, 4, 24
PR_SET_NO_NEW_PRIVS = 38
CLONE_NEWNS, CLONE_NEWUSER = 0x20000, 0x10000000
MS_RDONLY, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 1, 32, 4096, 16384, 1 << 18
MOST_CONNECTIONS = 64
TEMPORARY = "/tmp"  # noqa: S108  # nosec B108
COG_FOLDERS = ("/tmp/coglet", "/tmp/coglet/predictions", "/tmp/coglet/output")  # noqa: S108  # nosec B108


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
    limits = plan["limits"]
    if plan["scratch"] and _take_own_view(plan):
        limits["NPROC"] = plan["most_processes"]  # whoever is a user anew is counted anew
    os.umask(0o077)
    os.chdir(plan["folder"])
    for name, most in limits.items():
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
        sockets.confine(has_datagrams=plan["has_network"])
    if plan["relay"] is None:
        _die_with_parent()  # changing who it is has undone it


def _take_own_view(plan: dict[str, Any]) -> bool:
    """Hides Slipway's files; whether its processes are counted by themselves from here on.

    Cog's server writes files to one place, whatever TMPDIR says: in the view that is its scratch
    folder. Where the kernel refuses a view that place is shared, as /tmp is, and nothing is hidden.
    """
    os.umask(0o022)
    own = f"{plan['scratch']}/coglet"
    os.makedirs(own, mode=0o700, exist_ok=True)  # noqa: PTH103 - pathlib would take a megabyte
    if plan["user"]:
        os.chown(own, plan["user"], plan["user"])
    for place in COG_FOLDERS:
        _make_for_all(place)
    uid, gid = os.getuid(), os.getgid()
    if LIBC.unshare(CLONE_NEWNS if uid == 0 else CLONE_NEWNS | CLONE_NEWUSER) == 0:
        if uid:
            _map_user(uid, gid)
        LIBC.mount(None, b"/", None, MS_REC | MS_PRIVATE, None)
        _hide(plan["hidden"], plan["kept"])
        if LIBC.mount(own.encode(), COG_FOLDERS[0].encode(), None, MS_BIND, None) == 0:
            return uid != 0
    if not os.access(COG_FOLDERS[1], os.W_OK):
        sys.exit(f"{COG_FOLDERS[0]} is closed to this user; remove it, or install bubblewrap.")
    return False


def _hide(folders: list[str], kept: list[str]) -> None:
    """All that lies in them, but for what the model is made of."""
    held = {place: os.open(place, os.O_PATH) for place in kept}
    for folder in folders:
        LIBC.mount(b"none", folder.encode(), b"tmpfs", 0, b"mode=0755,size=1m")
    for place, number in held.items():
        os.makedirs(place, mode=0o755, exist_ok=True)  # noqa: PTH103
        LIBC.mount(f"/proc/self/fd/{number}".encode(), place.encode(), None, MS_BIND, None)
        os.close(number)
    for folder in folders:
        LIBC.mount(None, folder.encode(), None, MS_REMOUNT | MS_BIND | MS_RDONLY, None)


def _make_for_all(place: str) -> None:
    with suppress(OSError):
        os.mkdir(place)  # noqa: PTH102
        os.chmod(place, 0o1777)  # noqa: PTH101, S103 - as /tmp itself  # nosec B103


def _map_user(uid: int, gid: int) -> None:
    for name, content in (
        ("setgroups", "deny"),
        ("uid_map", f"{uid} {uid} 1"),
        ("gid_map", f"{gid} {gid} 1"),
    ):
        place = os.open(f"/proc/self/{name}", os.O_WRONLY)
        os.write(place, content.encode())
        os.close(place)


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


class _Room:
    """The private /tmp is in memory, and models leave their output files there.

    So before the next prediction, once half of the room is used and none runs, what earlier ones
    have left is removed.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._running, self._since = 0, 0.0

    def begin(self) -> None:
        with self._changed:
            if self._since and _is_half_full() and self._is_idle():
                _remove_since(self._since)
            self._running += 1
            self._since = self._since or time.time()

    def end(self) -> None:
        with self._changed:
            self._running -= 1
            self._changed.notify_all()

    def _is_idle(self) -> bool:
        """The one before has been answered a moment ago, and its connection is just closing."""
        return self._changed.wait_for(lambda: not self._running, timeout=1)


def _is_half_full() -> bool:
    found = os.statvfs(TEMPORARY)
    return found.f_bavail < found.f_blocks // 2


def _remove_since(moment: float) -> None:
    """What setup has made stays."""
    for folder, _, names in os.walk(TEMPORARY, topdown=False):
        for name in names:
            with suppress(OSError):
                if os.lstat(f"{folder}/{name}").st_ctime >= moment:
                    os.unlink(f"{folder}/{name}")  # noqa: PTH108
        if folder not in (TEMPORARY, *COG_FOLDERS):
            with suppress(OSError):
                os.rmdir(folder)  # noqa: PTH106 - not one with something in it


def _relay(listener: socket.socket, port: int) -> None:
    slots, room = threading.BoundedSemaphore(MOST_CONNECTIONS), _Room()
    while True:
        slots.acquire()
        near, _ = listener.accept()
        threading.Thread(target=_listen, args=(near, port, slots, room), daemon=True).start()


def _listen(near: socket.socket, port: int, slots: threading.BoundedSemaphore, room: _Room) -> None:
    """What is asked is in the first bytes."""
    is_prediction = False
    try:
        is_prediction = near.recv(3, socket.MSG_PEEK) == b"PUT"
        if is_prediction:
            room.begin()
        _carry(near, port)
    except OSError:
        pass
    finally:
        if is_prediction:
            room.end()
        near.close()
        slots.release()


def _carry(near: socket.socket, port: int) -> None:
    """One connection: whoever ends first ends both, so that a caller who leaves is noticed."""
    with socket.socket() as far:
        far.connect(("127.0.0.1", port))
        far.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        back = threading.Thread(target=_copy, args=(far, near), daemon=True)
        back.start()
        _copy(near, far)
        back.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65536):
            target.sendall(piece)
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


threading.stack_size(256 * 1024)
main(int(sys.argv[1]))
