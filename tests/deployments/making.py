"""Versions that really run, for tests; their environment is made once for all of a machine."""
# ruff: noqa: PLC0415

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from catalog.models import Version

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def shared_environments() -> Path:
    """In the place of VAR_DIR/environments, so that packages are installed once."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    place = Path(cache) / "slipway" / "test-environments" / "bundles"
    place.mkdir(parents=True, exist_ok=True)
    return place


def version_of(folder: Path, name: str = "slipway/hello") -> "Version":
    """Pushed as people push it; the test is skipped where its packages cannot be had."""
    import fcntl

    from deployments.bundles import environments, pushing
    from deployments.bundles.errors import BadBundle

    own = environments.place()
    if not own.exists():
        own.parent.mkdir(parents=True, exist_ok=True)
        own.symlink_to(shared_environments())
    with (shared_environments() / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _believe_what_is_there(folder)
        try:
            return pushing.push(folder, *name.split("/"))
        except BadBundle as bad:
            if "cannot be installed" in str(bad) and "onnect" in str(bad):
                pytest.skip(f"Packages cannot be had here: {bad}")
            raise


def hello_version() -> "Version":
    return version_of(EXAMPLES / "hello")


def _believe_what_is_there(folder: Path) -> None:
    """A test's database is new, while the environment of an earlier test may be whole."""
    from deployments.bundles import environments, reading
    from deployments.models import Environment

    environment = environments.for_requirements(reading.read(folder).requirements)
    if environments.is_whole(environment):
        Environment.objects.filter(pk=environment.pk).update(status=Environment.Status.READY)
