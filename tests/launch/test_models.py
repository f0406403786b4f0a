"""What becomes of models when Slipway is stopped; the instances are real."""

from pathlib import Path

import pytest

from deployments.runtimes.interface import State
from deployments.runtimes.local.runtime import LocalRuntime
from launch import models
from tests.deployments import cog_environment, instances

STUBBORN = """
    import signal
    from cog import BasePredictor

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)

    class Predictor(BasePredictor):
        def setup(self):
            signal.pause()

        def predict(self) -> str:
            return ""
"""


def test_the_end_of_slipway_is_the_end_of_all_models(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "SECONDS", 0.3)
    runtime = LocalRuntime(folder=tmp_path / "instances")
    environment = cog_environment.made()
    for key, code in (("d1-r1-1", instances.HELLO), ("d2-r1-1", STUBBORN)):
        bundle = instances.bundle(tmp_path / "bundles" / key, code)
        runtime.start(instances.wanted(key, bundle, environment))
    assert instances.settled(runtime, "d1-r1-1").state is State.READY

    models.stop_all(tmp_path)

    assert runtime.keys() == set()
    assert not instances.alive(str(tmp_path))


def test_nothing_has_to_be_stopped_where_no_model_ever_ran(tmp_path: Path) -> None:
    models.stop_all(tmp_path)

    assert list(tmp_path.iterdir()) == []
