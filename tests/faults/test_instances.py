"""Real instances whose starters, keepers, servers and workers are killed, or stand still."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deployments.runtimes.interface import State, Wanted
from deployments.runtimes.local import processes, runtime
from deployments.runtimes.local.folders import Folder
from deployments.runtimes.local.runtime import LocalRuntime
from tests.deployments import cog_environment, instances

ROOT = Path(__file__).resolve().parents[2]
KEY = "d1-r1-1"
START = """
import os, signal, sys
from pathlib import Path
from deployments.runtimes.interface import Wanted
from deployments.runtimes.local.runtime import LocalRuntime

folder, bundle, environment = map(Path, sys.argv[1:])
print("starts", flush=True)
LocalRuntime(folder=folder).start(Wanted(
    key="d1-r1-1", bundle=bundle, environment=environment, predictor="predict.py:Predictor",
    memory=2**29, cpus=1,
))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def local(tmp_path: Path) -> Iterator[LocalRuntime]:
    local = LocalRuntime(folder=tmp_path / "instances")
    yield local
    instances.stopped(local, KEY)
    assert not instances.alive(str(tmp_path)), "something outlived its stop"


@pytest.fixture
def wanted(tmp_path: Path) -> Wanted:
    return instances.wanted(KEY, instances.bundle(tmp_path / "bundle"), cog_environment.made())


@pytest.fixture
def ready(local: LocalRuntime, wanted: Wanted) -> Wanted:
    local.start(wanted)
    assert instances.settled(local, KEY).state is State.READY
    return wanted


def pid_of(local: LocalRuntime, who: str) -> int:
    return int(Folder(local.folder / KEY).read("state.json")[who][0])


def keepers(local: LocalRuntime) -> list[int]:
    """Processes whose arguments name the folder; bubblewrap's and Cog's do not."""
    return [
        pid
        for pid in instances.alive(str(local.folder / KEY))
        if b"runtimes.local.keeper" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]


def starter(local: LocalRuntime, wanted: Wanted) -> "subprocess.Popen[bytes]":
    """A worker, say, that leads a group of its own."""
    words = [str(local.folder), str(wanted.bundle), str(wanted.environment)]
    return subprocess.Popen(
        [sys.executable, "-c", START, *words],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )


def test_it_outlives_a_worker_that_is_killed_and_is_found_again(
    local: LocalRuntime, wanted: Wanted
) -> None:
    with starter(local, wanted) as worker:
        worker.wait(30)

    assert worker.returncode == -signal.SIGKILL
    assert instances.settled(local, KEY).state is State.READY
    before = keepers(local)
    local.start(wanted)
    assert keepers(local) == before
    assert len(before) == 1


@pytest.mark.parametrize("milliseconds", [0, 20, 60])
def test_a_worker_killed_in_the_middle_of_a_start_leaves_one_or_none(
    local: LocalRuntime, wanted: Wanted, milliseconds: int
) -> None:
    with starter(local, wanted) as worker:
        assert worker.stdout is not None
        worker.stdout.readline()
        time.sleep(milliseconds / 1000)
        os.killpg(worker.pid, signal.SIGKILL)

    def is_ready() -> bool:
        local.start(wanted)  # again and again, as the next workers do
        return local.look(KEY).state is State.READY

    instances.until(is_ready)
    assert len(keepers(local)) == 1


def test_when_its_keeper_is_killed_the_rest_ends_and_it_can_be_started_again(
    local: LocalRuntime, ready: Wanted
) -> None:
    os.kill(pid_of(local, "keeper"), signal.SIGKILL)

    instances.until(lambda: local.look(KEY).state is State.EXITED)
    assert local.keys() == set()
    local.start(ready)
    assert instances.settled(local, KEY).state is State.READY


def test_a_server_that_is_killed_is_seen_as_ended(local: LocalRuntime, ready: Wanted) -> None:
    os.kill(pid_of(local, "server"), signal.SIGKILL)

    instances.until(lambda: local.look(KEY).state is State.EXITED)
    assert local.look(KEY).exit_code == 128 + signal.SIGKILL
    assert not local.look(KEY).was_asked


def test_a_worker_of_the_model_that_is_killed_is_seen_as_unhealthy(
    local: LocalRuntime, ready: Wanted
) -> None:
    below = processes.below(pid_of(local, "keeper"))
    os.kill(max(below), signal.SIGKILL)  # Cog starts it last

    instances.until(lambda: local.look(KEY).state is State.UNHEALTHY)


def test_one_that_stands_still_is_unhealthy_after_a_while_and_stopped_for_all_that(
    local: LocalRuntime, ready: Wanted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime, "GRACE", 0.3)
    monkeypatch.setattr(runtime, "HEALTH_SECONDS", 0.2)
    for pid in processes.below(pid_of(local, "keeper")):
        os.kill(pid, signal.SIGSTOP)

    instances.until(lambda: local.look(KEY).state is State.UNHEALTHY)

    instances.stopped(local, KEY, seconds=0.2)
    assert local.keys() == set()


def test_a_keeper_that_stands_still_is_stopped_for_all_that(
    local: LocalRuntime, ready: Wanted
) -> None:
    os.kill(pid_of(local, "keeper"), signal.SIGSTOP)

    instances.stopped(local, KEY, seconds=0)

    assert local.keys() == set()


def test_one_whose_folder_was_removed_ends_by_itself(local: LocalRuntime, ready: Wanted) -> None:
    keeper = pid_of(local, "keeper")

    shutil.rmtree(local.folder / KEY)

    instances.until(lambda: not processes.started(keeper))


def test_a_signal_to_its_keeper_counts_as_asked(local: LocalRuntime, ready: Wanted) -> None:
    """As when the machine is shut down: that was no crash."""
    os.kill(pid_of(local, "keeper"), signal.SIGTERM)

    instances.until(lambda: local.look(KEY).state is State.EXITED)
    assert local.look(KEY).was_asked
