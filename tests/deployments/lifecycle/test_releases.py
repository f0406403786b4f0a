"""Each change is a numbered release: the old one serves until the new one is ready."""

from typing import TYPE_CHECKING

import pytest

from deployments import actions
from deployments.models import Instance, Reason, Release, Status
from deployments.runtimes.interface import State
from tests.deployments import deployables
from tests.deployments.driving import drive

if TYPE_CHECKING:
    from tests.deployments.conftest import Deploy
    from tests.deployments.fake_runtime import FakeRuntime

pytestmark = pytest.mark.django_db
OTHER = "# another one"


def other_version() -> "deployables.Version":
    return deployables.version(OTHER, real=False)


def test_the_old_release_serves_until_the_new_one_is_ready(
    fake: "FakeRuntime", deploy: "Deploy"
) -> None:
    deployment = drive(deploy(), Status.RUNNING)
    fake.becomes = State.STARTING

    release = actions.update(deployment, by=deployment.owner, version=other_version())
    drive(deployment, lambda row: row.status == Status.UPDATING and len(fake.starts) == 2)

    assert release.number == 2 and release.created_by == deployment.owner
    assert deployment.release_serving.number == 1
    assert deployment.instances.ready().get().release.number == 1

    new = deployment.instances.get(release=release)
    fake.make_ready(new.key)
    drive(deployment)

    assert deployment.status == Status.RUNNING
    assert deployment.release_serving == release
    assert deployment.instances.living().get() == new
    assert deployment.releases.get(number=1).status == Release.Status.SUPERSEDED


def test_a_release_that_fails_is_rolled_back_and_says_why(
    fake: "FakeRuntime", deploy: "Deploy"
) -> None:
    deployment = drive(deploy(), Status.RUNNING)
    fake.becomes = State.SETUP_FAILED

    actions.update(deployment, by=None, version=other_version())
    drive(deployment)

    failed = deployment.releases.get(number=2)
    assert (failed.status, failed.reason) == (Release.Status.FAILED, Reason.SETUP_FAILED)
    assert deployment.release_wanted.number == deployment.release_serving.number == 1
    assert (deployment.status, deployment.reason) == (Status.RUNNING, Reason.ROLLED_BACK)
    assert deployment.instances.living().get().release.number == 1


def test_settings_change_without_a_new_instance(fake: "FakeRuntime", deploy: "Deploy") -> None:
    deployment = drive(deploy(), Status.RUNNING)
    before = deployment.instances.get()

    actions.update(deployment, by=None, idle_seconds=60)
    drive(deployment)

    assert deployment.release_serving.number == 2
    assert deployment.instances.get() == before
    assert deployment.instances.get().release.number == 2


def test_one_can_go_back_to_any_release(fake: "FakeRuntime", deploy: "Deploy") -> None:
    deployment = drive(deploy(), Status.RUNNING)
    first = deployment.release_serving.version
    actions.update(deployment, by=None, version=other_version())
    drive(deployment)

    release = actions.roll_back(deployment, by=None, number=1)
    drive(deployment)

    assert (release.number, release.version) == (3, first)
    assert deployment.release_serving == release


def test_a_release_that_was_replaced_before_it_served_leaves_no_instance(
    fake: "FakeRuntime", deploy: "Deploy"
) -> None:
    deployment = drive(deploy(), Status.RUNNING)
    fake.becomes = State.STARTING
    actions.update(deployment, by=None, version=other_version())
    drive(deployment, Status.UPDATING)
    fake.becomes = State.READY

    actions.update(deployment, by=None, version=deployables.version("# third", real=False))
    drive(deployment)

    assert deployment.release_serving.number == 3
    assert deployment.releases.get(number=2).status == Release.Status.SUPERSEDED
    assert fake.keys() == {Instance.objects.living().get().key}


def test_nothing_changed_is_no_release(fake: "FakeRuntime", deploy: "Deploy") -> None:
    deployment = drive(deploy(), Status.RUNNING)

    release = actions.update(deployment, by=None, max_instances=1)

    assert release.number == 1
    assert deployment.releases.count() == 1


def test_a_release_of_something_asleep_proves_itself(fake: "FakeRuntime", deploy: "Deploy") -> None:
    deployment = drive(deploy(min_instances=0, idle_seconds=1), Status.SCALED_TO_ZERO)

    actions.update(deployment, by=None, version=other_version())
    drive(deployment, lambda row: row.release_serving.number == 2)

    assert fake.starts[-1].bundle.name == other_digest()


def other_digest() -> str:
    from catalog.models import Version  # noqa: PLC0415

    return str(Version.objects.order_by("-pk").first().version_id)
