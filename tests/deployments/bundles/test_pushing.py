"""Bundles become versions that run here, whole or not at all."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from catalog.models import AIModel, Version
from deployments.bundles import environments, keeping, pushing
from deployments.bundles.errors import BadBundle
from deployments.models import Bundle, Environment
from tests.deployments import making
from tests.deployments.bundles.test_reading import CONFIG, bundle

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path / "var"


def left_behind() -> list[str]:
    place = keeping.place()
    return sorted(path.name for path in place.iterdir()) if place.exists() else []


def test_hello_becomes_a_version_of_a_model_that_runs_here() -> None:
    version = making.hello_version()
    model = AIModel.objects.get(key="slipway/hello")

    asked = version.openapi_schema["components"]["schemas"]["Input"]
    assert asked["required"] == ["text"]
    assert asked["properties"]["text"]["description"] == "Whom to greet"
    assert version.version_id == version.bundle.digest
    assert model.is_runnable
    assert model.summary.startswith("Says hello")
    assert model.card.text.startswith("# Hello")
    assert (keeping.folder(version.bundle) / ".cog/openapi_schema.json").exists()
    assert version.bundle.environment.status == "ready"


def test_pushing_the_same_again_is_the_same_version() -> None:
    first, again = making.hello_version(), making.hello_version()

    assert first == again
    assert Bundle.objects.count() == 1
    assert left_behind() == [first.version_id]


def test_a_predictor_that_fails_when_imported_leaves_nothing_behind(tmp_path: Path) -> None:
    making.hello_version()
    before = left_behind()
    code = "raise RuntimeError('no weights')\nclass Predictor: ...\n"

    with pytest.raises(BadBundle, match="no weights"):
        pushing.push(bundle(tmp_path / "bad", **{"predict.py": code}), "ada", "bad")

    assert left_behind() == before
    assert not AIModel.objects.filter(key="ada/bad").exists()


def test_a_package_that_does_not_exist_is_named_and_leaves_nothing_behind(tmp_path: Path) -> None:
    config = CONFIG + "build: {python_packages: ['slipway-no-such-package==9.9.9']}\n"

    with pytest.raises(BadBundle, match="slipway-no-such-package") as caught:
        pushing.push(bundle(tmp_path / "bad", **{"cog.yaml": config}), "ada", "bad")

    assert str(tmp_path) not in str(caught.value)

    assert left_behind() == []
    assert not Environment.objects.exists()
    assert not list(environments.place().glob("*"))
    assert not Version.objects.exists()


@pytest.mark.parametrize(("owner", "name"), [("a/b", "c"), ("", "c"), ("a", "../c"), ("a", "")])
def test_a_name_that_the_catalog_cannot_hold_is_refused(owner: str, name: str) -> None:
    with pytest.raises(BadBundle, match="cannot be the"):
        pushing.push(making.EXAMPLES / "hello", owner, name)


def test_the_command_says_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"no cog\.yaml"):
        call_command("push_bundle", str(tmp_path), "ada/empty")
