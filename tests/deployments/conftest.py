"""People and places of the tests of deployments; models are imported where they are used."""
# ruff: noqa: PLC0415

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pytest_django.fixtures import Settings

if TYPE_CHECKING:
    from accounts.models import User
    from deployments.models import Deployment
    from deployments.runtimes.local.runtime import LocalRuntime
    from tests.deployments.fake_runtime import FakeRuntime

Deploy = Callable[..., "Deployment"]


@pytest.fixture
def ada(db: None) -> "User":
    from accounts.models import User

    return User.objects.create_user("ada", password="a-long-password")


@pytest.fixture
def own_var_dir(settings: Settings, tmp_path: Path) -> Path:
    settings.VAR_DIR = tmp_path
    return tmp_path


@pytest.fixture
def fake(own_var_dir: Path, monkeypatch: pytest.MonkeyPatch) -> "FakeRuntime":
    """The runtime in memory, for rules that no process decides."""
    from deployments.runtimes import choice
    from tests.deployments.fake_runtime import FakeRuntime

    runtime = FakeRuntime()
    monkeypatch.setattr(choice, "runtime", lambda name="local": runtime)
    return runtime


@pytest.fixture
def local(own_var_dir: Path) -> Iterator["LocalRuntime"]:
    """The real one; nothing of it is left afterwards."""
    from deployments.runtimes import choice
    from tests.deployments.instances import stopped

    runtime = choice.runtime("local")
    yield runtime  # type: ignore[misc]
    for key in sorted(runtime.keys()):
        stopped(runtime, key)


@pytest.fixture
def deploy(ada: "User") -> Deploy:
    """A deployment of Ada's; of a version that need not run, unless one is given."""
    from deployments import actions
    from tests.deployments import deployables

    def make(**wishes: Any) -> "Deployment":
        version = wishes.pop("version", None) or deployables.version(real=False)
        plain = {"hardware": deployables.hardware(), "name": "hello", "min_instances": 1}
        return actions.deploy(
            ada, ai_model=version.ai_model, version=version, **{**plain, **wishes}
        )

    return make
