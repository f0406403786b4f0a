"""What is removed from disk because nobody needs it, and what is left alone."""

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from deployments.bundles import cleaning, environments, keeping, pushing
from deployments.bundles.errors import BadBundle
from deployments.models import Bundle, Environment, Instance
from tests.deployments import rows
from tests.deployments.bundles.test_reading import bundle

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
MB = 2**20


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path / "var"


@pytest.fixture
def needed() -> Bundle:
    """A version's, with its files and its packages, not used for two hours."""
    found: Bundle = rows.version().bundle
    _make(found.environment, used=timezone.now() - timedelta(hours=2))
    _aged(keeping.folder(found), DAY)
    return found


def _make(environment: Environment, **fields: object) -> Environment:
    folder = environments.folder(environment)
    folder.mkdir(parents=True)
    (folder / "python").touch()
    (folder.parent / "built").touch()
    (folder.parent / "build.log").touch()
    environment.status = Environment.Status.READY
    environment.size = MB
    environment.last_used_at = fields["used"]
    environment.save()
    return environment


def _another(key: str, used: object) -> Environment:
    made = Environment.objects.create(key=key * 64, python_version="3.11")
    return _make(made, used=used)


def _aged(path: Path, age: timedelta) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    then = time.time() - age.total_seconds()
    os.utime(path, (then, then))
    return path


def test_what_is_needed_stays(needed: Bundle) -> None:
    assert cleaning.clean() == 0
    assert environments.is_whole(needed.environment)
    assert keeping.folder(needed).is_dir()


def test_an_environment_whose_python_was_removed_is_whole_no_more(needed: Bundle) -> None:
    python = environments.folder(needed.environment) / "bin" / "python"
    python.parent.mkdir()
    python.symlink_to("/usr/bin/python-of-yesterday")

    assert not environments.is_whole(needed.environment)


def test_an_environment_that_no_version_needs_goes_with_its_row() -> None:
    old = _another("a", timezone.now() - timedelta(hours=2))
    new = _another("b", timezone.now())

    assert cleaning.clean() == 1
    assert cleaning.clean() == 0
    assert list(Environment.objects.all()) == [new]
    assert [path.name for path in environments.place().iterdir()] == [new.key]
    assert not (environments.place() / old.key).exists()


def test_what_was_not_used_for_a_month_is_built_again_when_needed(needed: Bundle) -> None:
    Environment.objects.update(last_used_at=timezone.now() - 31 * DAY)

    assert cleaning.clean() == 1

    needed.environment.refresh_from_db()
    assert needed.environment.status == Environment.Status.MISSING
    assert not environments.folder(needed.environment).exists()
    assert environments.log_of(needed.environment).exists()
    assert cleaning.clean() == 0


def test_what_an_instance_runs_in_counts_as_used(needed: Bundle) -> None:
    instance = rows.instance(rows.deployment(rows.user(), needed.version))
    Environment.objects.update(last_used_at=timezone.now() - 31 * DAY)

    assert cleaning.clean() == 0

    Instance.objects.filter(pk=instance.pk).update(status=Instance.Status.ENDED)
    assert cleaning.clean() == 0  # until a month from now
    assert not environments.empty(_living(needed, instance))


def _living(needed: Bundle, instance: Instance) -> Environment:
    Instance.objects.filter(pk=instance.pk).update(status=Instance.Status.STOPPING)
    return needed.environment


def test_over_the_limit_the_longest_unused_goes_first(needed: Bundle, settings: Settings) -> None:
    settings.ENVIRONMENTS_SIZE_MAX = 2 * MB
    kept = needed.environment
    for key, days in (("a", 3), ("b", 2)):
        made = _another(key, timezone.now() - days * DAY)
        other = rows.version(f"ada/{key}").bundle
        Bundle.objects.filter(pk=other.pk).update(environment=made)

    assert cleaning.clean() == 1

    ready = Environment.objects.filter(status=Environment.Status.READY)
    assert sorted(one.key[0] for one in ready) == ["b", kept.key[0]]


def test_nothing_is_taken_from_whoever_builds(needed: Bundle) -> None:
    Environment.objects.update(
        last_used_at=timezone.now() - 31 * DAY,
        lease="somebody",
        leased_until=timezone.now() + DAY,
    )

    assert cleaning.clean() == 0


def test_folders_without_a_row_go_when_nobody_can_be_at_work_on_them(needed: Bundle) -> None:
    place = keeping.place()
    hours = timedelta(hours=2)
    gone = [
        *(_aged(place / ("d" * 64), hours), _aged(environments.place() / ("e1" * 32), hours)),
        *(_aged(place / ".draft-old", 2 * DAY), _aged(place / ".gone-cut-off", hours)),
    ]
    kept = [_aged(place / ".draft-new", hours), _aged(place / ("f" * 64), timedelta())]

    assert cleaning.clean() == len(gone)
    assert cleaning.clean() == 0
    assert [path for path in gone if path.exists()] == []
    assert [path for path in kept if not path.exists()] == []


def test_versions_together_have_a_limit(needed: Bundle, settings: Settings, tmp_path: Path) -> None:
    settings.BUNDLES_SIZE_MAX = 1000

    with pytest.raises(BadBundle, match="BUNDLES_SIZE_MAX"):
        pushing.push(bundle(tmp_path / "new"), "ada", "new")
