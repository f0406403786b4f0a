"""Cog servers that all tests of predictions share, and the rows that say that they serve.

Models are imported where they are used: this file is read before the settings are.
"""
# ruff: noqa: PLC0415

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pytest_django.fixtures import Settings

if TYPE_CHECKING:
    from accounts.models import User
    from tests.deployments.predictions.models import Served
    from tests.deployments.predictions.standing import Standing

Address = Callable[..., str]


@pytest.fixture(scope="package")
def address_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    """Where the server of this name listens, which runs this code; started when first asked for."""
    from deployments.runtimes.local.runtime import LocalRuntime
    from tests.deployments import cog_environment, instances

    folder = tmp_path_factory.mktemp("models")
    runtime = LocalRuntime(folder=folder / "instances", isolation="none")

    def address(name: str, code: str, schema: dict[str, Any]) -> str:
        bundle = instances.bundle(folder / name, code)
        (bundle / ".cog").mkdir(exist_ok=True)
        (bundle / ".cog" / "openapi_schema.json").write_text(json.dumps(schema))
        runtime.start(instances.wanted(name, bundle, cog_environment.made()))
        seen = instances.settled(runtime, name)
        assert seen.address, seen.detail
        return seen.address

    yield address
    for key in sorted(runtime.keys()):
        instances.stopped(runtime, key)


@pytest.fixture(autouse=True)
def var_dir(settings: Settings, tmp_path: Path) -> Path:
    settings.VAR_DIR = tmp_path
    return tmp_path


@pytest.fixture
def bob(db: None) -> "User":
    from accounts.models import User

    return User.objects.create_user("bob", password="a-long-password")


@pytest.fixture
def greeter(ada: "User", address_of: Address) -> "Served":
    from tests.deployments.predictions import models

    version = models.version("slipway/hello", models.GREETER_SCHEMA, is_streaming=False)
    return models.serve(ada, version, address_of("greeter", models.GREETER, models.GREETER_SCHEMA))


@pytest.fixture
def counter(ada: "User", address_of: Address) -> "Served":
    from tests.deployments.predictions import models

    version = models.version("slipway/count", models.COUNTER_SCHEMA, is_streaming=True)
    return models.serve(ada, version, address_of("counter", models.COUNTER, models.COUNTER_SCHEMA))


@pytest.fixture
def painter(ada: "User", address_of: Address) -> "Served":
    from tests.deployments.predictions import models

    version = models.version("slipway/paint", models.PAINTER_SCHEMA, is_streaming=False)
    return models.serve(ada, version, address_of("painter", models.PAINTER, models.PAINTER_SCHEMA))


@pytest.fixture(scope="package")
def standing(
    tmp_path_factory: pytest.TempPathFactory,
    empty_database: Path,
    redis_url: str,
) -> Iterator["Standing"]:
    """Real processes, for what threads, workers and clients do together."""
    from tests.deployments.predictions.standing import standing

    var_dir = tmp_path_factory.mktemp("standing")
    shutil.copy(empty_database, var_dir)
    with standing(var_dir, redis_url) as slipway:
        yield slipway
