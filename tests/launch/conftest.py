"""A state folder that was set up once, and a Slipway that several tests look at."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.launch.running import READY, Running, started


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder after its first start and its end."""
    var_dir = tmp_path_factory.mktemp("template") / "var"
    with started(var_dir) as slipway:
        slipway.read_until(READY)
    return var_dir


@pytest.fixture
def var_dir(template: Path, tmp_path: Path) -> Path:
    """One's own copy of it."""
    return Path(shutil.copytree(template, tmp_path / "var"))


@pytest.fixture(scope="module")
def slipway(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A running one, for tests that leave it running."""
    var_dir = shutil.copytree(template, tmp_path_factory.mktemp("shared") / "var")
    with started(Path(var_dir)) as running:
        running.read_until(READY)
        yield running
