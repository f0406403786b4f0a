"""What a keeper does for its instance, seen from outside; the instances are real."""

import os
from pathlib import Path

import pytest

from deployments import cog
from deployments.runtimes.interface import RuntimeRejected, RuntimeUnavailable
from deployments.runtimes.local import processes, sandbox
from deployments.runtimes.local.folders import Folder
from deployments.runtimes.local.runtime import LocalRuntime
from tests.deployments import cog_environment, instances

ORPHANS = """
    import os
    import time
    from cog import BasePredictor

    class Predictor(BasePredictor):
        def predict(self) -> str:
            if os.fork() == 0:
                if os.fork() == 0:
                    time.sleep(0.05)
                os._exit(0)
            os.wait()
            return "left one"
"""


LEAVES_FILES = """
    import tempfile
    from pathlib import Path
    from cog import BasePredictor

    class Predictor(BasePredictor):
        def setup(self) -> None:
            Path("/tmp/of_setup").write_text("kept")

        def predict(self) -> str:
            place = Path(tempfile.mkdtemp())
            for number in range(2):
                (place / str(number)).write_bytes(bytes(40 * 2**20))
            return Path("/tmp/of_setup").read_text()
"""


def test_what_predictions_leave_does_not_fill_the_private_files(tmp_path: Path) -> None:
    try:
        sandbox.choose("bubblewrap")
    except RuntimeRejected as error:
        pytest.skip(str(error))
    runtime = LocalRuntime(folder=tmp_path / "instances", isolation="bubblewrap")
    bundle = instances.bundle(tmp_path / "bundle", LEAVES_FILES)
    runtime.start(instances.wanted("d1-r1-1", bundle, cog_environment.made()))
    address = instances.settled(runtime, "d1-r1-1").address

    answers = {cog.predict(address, str(number), {}).output for number in range(6)}

    assert answers == {"kept"}
    instances.stopped(runtime, "d1-r1-1")


def test_who_lost_his_parent_does_not_count_for_ever(tmp_path: Path) -> None:
    runtime = LocalRuntime(folder=tmp_path / "instances", isolation="none")
    bundle = instances.bundle(tmp_path / "bundle", ORPHANS)
    runtime.start(instances.wanted("d1-r1-1", bundle, cog_environment.made()))
    address = instances.settled(runtime, "d1-r1-1").address
    keeper = Folder(runtime.folder / "d1-r1-1").read("state.json")["keeper"][0]
    before = processes.below(keeper)

    assert cog.predict(address, "a", {}).output == "left one"

    instances.until(lambda: processes.below(keeper) == before)
    instances.stopped(runtime, "d1-r1-1")


def test_a_keeper_is_in_no_group_of_its_worker_from_its_first_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that was paused as it began would hold it, and its lock, for as long."""
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\nps -o pgid= -p $$ > {tmp_path}/group\nexit 1\n")
    python.chmod(0o755)
    monkeypatch.setattr(sandbox, "own_python", lambda: str(python))
    runtime = LocalRuntime(folder=tmp_path / "instances", isolation="none")
    bundle = instances.bundle(tmp_path / "bundle", ORPHANS)

    with pytest.raises(RuntimeUnavailable):
        runtime.start(instances.wanted("d1-r1-1", bundle, cog_environment.made()))

    assert int((tmp_path / "group").read_text()) != os.getpgrp()
