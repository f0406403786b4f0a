"""What lifecycle and predictions rely on, of the runtime in memory and of the real one."""
# ruff: noqa: PLC0415

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from deployments.runtimes.interface import Runtime, Wanted


@pytest.fixture(params=["fake", "bubblewrap", "landlock", "none"])
def runtime(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator["Runtime"]:
    from deployments.runtimes.interface import RuntimeRejected
    from deployments.runtimes.local import sandbox
    from deployments.runtimes.local.runtime import LocalRuntime
    from tests.deployments.fake_runtime import FakeRuntime
    from tests.deployments.instances import stopped

    if request.param == "fake":
        yield FakeRuntime()
        return
    try:
        sandbox.choose(request.param)
    except RuntimeRejected as error:
        pytest.skip(str(error))
    local = LocalRuntime(folder=tmp_path / "instances", isolation=request.param)
    yield local
    for key in sorted(local.keys()):
        stopped(local, key)
    assert not local.keys()


@pytest.fixture
def wanted(tmp_path: Path) -> "Wanted":
    from tests.deployments import cog_environment, instances

    return instances.wanted("d1-r1-1", instances.bundle(tmp_path / "b"), cog_environment.made())


def test_what_was_started_becomes_ready_and_is_listed(runtime: "Runtime", wanted: "Wanted") -> None:
    from deployments.runtimes.interface import State
    from tests.deployments.instances import settled

    runtime.start(wanted)

    seen = settled(runtime, wanted.key)
    assert seen.state is State.READY, seen.detail
    assert seen.address and seen.isolation and seen.memory_used
    assert runtime.keys() == {wanted.key}


def test_many_starts_of_one_key_at_once_start_one(runtime: "Runtime", wanted: "Wanted") -> None:
    from tests.deployments.instances import settled

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: runtime.start(wanted), range(8)))
    address = settled(runtime, wanted.key).address
    runtime.start(wanted)

    assert runtime.keys() == {wanted.key}
    assert runtime.look(wanted.key).address == address


def test_what_was_stopped_is_over_and_can_be_stopped_again(
    runtime: "Runtime", wanted: "Wanted"
) -> None:
    from deployments.runtimes.interface import State
    from tests.deployments.instances import settled, stopped

    runtime.start(wanted)
    settled(runtime, wanted.key)

    stopped(runtime, wanted.key, seconds=10)

    assert runtime.look(wanted.key).state is State.EXITED
    assert runtime.look(wanted.key).exit_code == 0
    assert runtime.look(wanted.key).was_asked
    assert runtime.keys() == set()
    assert runtime.stop(wanted.key)


def test_an_unknown_key_is_unknown_and_nothing_has_to_be_stopped(runtime: "Runtime") -> None:
    from deployments.runtimes.interface import State

    assert runtime.look("d9-r9-9").state is State.UNKNOWN
    assert runtime.stop("d9-r9-9")
    assert runtime.keys() == set()


def test_what_ended_can_be_started_again(runtime: "Runtime", wanted: "Wanted") -> None:
    from deployments.runtimes.interface import State
    from tests.deployments.instances import settled, stopped

    runtime.start(wanted)
    stopped(runtime, wanted.key)

    runtime.start(wanted)

    assert settled(runtime, wanted.key).state is State.READY


def test_a_bundle_whose_files_are_gone_is_rejected_with_the_reason(
    runtime: "Runtime", wanted: "Wanted"
) -> None:
    from dataclasses import replace

    from deployments.runtimes.interface import RuntimeRejected

    with pytest.raises(RuntimeRejected, match="missing") as rejected:
        runtime.start(replace(wanted, bundle=wanted.bundle / "gone"))
    assert rejected.value.reason == "BundleMissing"
    assert runtime.keys() == set()
