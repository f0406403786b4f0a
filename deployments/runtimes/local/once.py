"""Runs one command of a bundle to its end, in the sandbox that its instances get."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import IO

from deployments.runtimes.interface import Wanted
from deployments.runtimes.local import sandbox
from deployments.runtimes.local.folders import Folder
from deployments.runtimes.local.runtime import make_scratch

MOST_BYTES = 2**20  # of what it says, each of output and errors


def run(
    wanted: Wanted, words: list[str], *, isolation: str = "", seconds: float = 120
) -> "subprocess.CompletedProcess[str]":
    """`words` follow the environment's python. Raises subprocess.TimeoutExpired and OSError.

    What it says is kept on disk, where its limits hold, and only so much of it is read.
    """
    place = Path(tempfile.mkdtemp(prefix="slipway-once-"))
    try:
        return _run(wanted, words, Folder(place / wanted.key), sandbox.choose(isolation), seconds)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _run(
    wanted: Wanted, words: list[str], folder: Folder, isolation: str, seconds: float
) -> "subprocess.CompletedProcess[str]":
    folder.make()
    plan = sandbox.plan(wanted, folder, isolation, has_network=False)
    make_scratch(plan)
    inside = plan["inside"]
    inside["command"] = [str(wanted.environment / "bin" / "python"), *words]
    inside["relay"] = None
    told, control = os.pipe()
    try:
        os.write(control, json.dumps(inside).encode() + b"\n")
        with (folder.path / "out").open("w+b") as out, (folder.path / "err").open("w+b") as err:
            process = subprocess.Popen(
                [word.replace("{control}", str(told)) for word in plan["command"]],
                env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                pass_fds=[told],
                start_new_session=True,
            )
            try:
                process.wait(timeout=seconds)
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)  # whatever it left behind
                process.wait()
            said = _text(out, 0), _text(err, max(0, os.fstat(err.fileno()).st_size - MOST_BYTES))
        return subprocess.CompletedProcess(words, process.returncode, *said)
    finally:
        os.close(told)
        os.close(control)


def _text(file: IO[bytes], start: int) -> str:
    file.seek(start)
    return file.read(MOST_BYTES).decode(errors="replace")
