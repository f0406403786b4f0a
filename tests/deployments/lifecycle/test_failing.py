"""What follows when an instance fails: another try after a pause, or the end, with its words."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db.models import F
from django.utils import timezone

from deployments import actions, cog, reasons
from deployments.lifecycle import advance, forgetting
from deployments.models import Deployment, Instance, Reason, Status
from deployments.runtimes.interface import State
from tests.deployments import deployables
from tests.deployments.driving import drive

if TYPE_CHECKING:
    from pathlib import Path

    from deployments.runtimes.local.runtime import LocalRuntime
    from tests.deployments.conftest import Deploy
    from tests.deployments.fake_runtime import FakeRuntime

pytestmark = pytest.mark.django_db


def no_more_pause(deployment: Deployment) -> None:
    Deployment.objects.filter(pk=deployment.pk).update(
        next_try_at=F("next_try_at") - timedelta(minutes=1)
    )


def crash(fake: "FakeRuntime", deployment: Deployment, **how: bool) -> None:
    fake.end(deployment.instances.ready().get().key, exit_code=1, **how)


def test_a_crashed_instance_is_followed_by_another_after_a_pause(
    fake: "FakeRuntime", deploy: "Deploy"
) -> None:
    deployment = drive(deploy(), Status.RUNNING)

    crash(fake, deployment)
    drive(deployment, Status.STARTING)

    assert (deployment.reason, deployment.crashes) == (Reason.CRASHED, 1)
    assert len(fake.starts) == 1
    no_more_pause(deployment)
    drive(deployment, Status.RUNNING)
    assert len(fake.starts) == 2
    assert deployment.reason == ""


def test_what_ended_with_slipway_is_no_crash_and_comes_back_at_once(
    fake: "FakeRuntime", deploy: "Deploy"
) -> None:
    deployment = drive(deploy(), Status.RUNNING)

    fake.end(deployment.instances.ready().get().key, exit_code=0, was_asked=True)
    drive(deployment, lambda row: len(fake.starts) == 2 and row.status == Status.RUNNING)

    assert deployment.crashes == 0
    assert deployment.events.filter(code="EndedWithSlipway").count() == 1


def test_a_new_release_tries_an_environment_again_that_could_not_be_built(
    fake: "FakeRuntime", deploy: "Deploy"
) -> None:
    """As after a registry could not be reached for a while."""
    first = drive(deploy(), Status.RUNNING)
    environment = first.release_wanted.version.bundle.environment
    type(environment).objects.update(status="failed", error="no way to the registry")

    actions.update(first, by=None, idle_seconds=77)

    environment.refresh_from_db()
    assert (environment.status, environment.error) == ("missing", "")


def test_five_crashes_in_a_row_are_the_end(fake: "FakeRuntime", deploy: "Deploy") -> None:
    deployment = drive(deploy(), Status.RUNNING)

    for _ in range(4):
        crash(fake, deployment)
        drive(deployment, Status.STARTING)
        no_more_pause(deployment)
        drive(deployment, Status.RUNNING)
    crash(fake, deployment)
    drive(deployment, Status.FAILED)
    drive(deployment)

    assert deployment.reason == Reason.CRASH_LOOP
    assert len(fake.starts) == 5
    assert not fake.keys()


def test_crashes_of_long_ago_do_not_count(fake: "FakeRuntime", deploy: "Deploy") -> None:
    deployment = drive(deploy(), Status.RUNNING)
    crash(fake, deployment)
    drive(deployment, Status.STARTING)
    no_more_pause(deployment)
    drive(deployment, Status.RUNNING)

    deployment.instances.update(ready_at=F("ready_at") - timedelta(minutes=5))
    advance(deployment.pk)

    deployment.refresh_from_db()
    assert deployment.crashes == 0


def test_memory_that_did_not_suffice_is_told_as_that(fake: "FakeRuntime", deploy: "Deploy") -> None:
    deployment = drive(deploy(), Status.RUNNING)

    crash(fake, deployment, is_out_of_memory=True)
    drive(deployment, Status.STARTING)

    assert deployment.reason == Reason.OUT_OF_MEMORY
    assert "more memory" in reasons.told(deployment).next_action


def test_a_setup_that_fails_is_told_with_its_last_words(
    local: "LocalRuntime", deploy: "Deploy"
) -> None:
    deployment = deploy(version=deployables.version(deployables.DIES_AT_SETUP))

    drive(deployment)

    assert (deployment.status, deployment.reason) == (Status.FAILED, Reason.SETUP_FAILED)
    assert "no weights here" in deployment.detail
    assert not local.keys()


def test_a_setup_that_takes_too_long_is_ended(local: "LocalRuntime", deploy: "Deploy") -> None:
    deployment = deploy(version=deployables.version(deployables.SLOW_SETUP, setup_seconds=1))

    drive(deployment)

    assert (deployment.status, deployment.reason) == (Status.FAILED, Reason.SETUP_TIMED_OUT)
    assert not local.keys()


def test_what_failed_can_be_started_again(fake: "FakeRuntime", deploy: "Deploy") -> None:
    fake.becomes = State.SETUP_FAILED
    deployment = drive(deploy(), Status.FAILED)
    fake.becomes = State.READY

    actions.start(deployment, by=deployment.owner)
    drive(deployment)

    assert deployment.status == Status.RUNNING


def test_an_instance_that_vanished_with_its_host_is_made_anew_without_blame(
    fake: "FakeRuntime", deploy: "Deploy"
) -> None:
    deployment = drive(deploy(), Status.RUNNING)
    fake.seen.clear()

    drive(deployment, lambda row: len(fake.starts) == 2 and row.status == Status.RUNNING)

    assert deployment.crashes == 0
    assert Instance.objects.living().count() == 1


def test_a_runtime_that_is_away_is_told_and_waited_for(
    fake: "FakeRuntime", deploy: "Deploy"
) -> None:
    deployment = drive(deploy(), Status.RUNNING)
    fake.is_away = True

    advance(deployment.pk)

    deployment.refresh_from_db()
    assert (deployment.status, deployment.reason) == (
        Status.RUNNING,
        Reason.RUNTIME_UNAVAILABLE,
    )
    fake.is_away = False
    drive(deployment, lambda row: row.reason == "")


def test_stop_ends_everything_and_delete_frees_the_name(
    local: "LocalRuntime", deploy: "Deploy"
) -> None:
    version = deployables.version()
    deployment = drive(deploy(version=version), Status.RUNNING)

    actions.stop(deployment, by=deployment.owner)
    drive(deployment)

    assert (deployment.status, deployment.reason) == (Status.STOPPED, Reason.STOPPED_BY_USER)
    assert not local.keys()
    actions.start(deployment, by=deployment.owner)
    drive(deployment, Status.RUNNING)
    address = deployment.instances.ready().get().address
    actions.delete(deployment, by=deployment.owner)
    drive(deployment)
    assert not local.keys()
    with pytest.raises(cog.Gone):
        cog.health(address)
    assert not Deployment.objects.visible_to(deployment.owner).exists()
    assert deploy(version=version).name == deployment.name


def test_what_ended_long_ago_is_forgotten(
    fake: "FakeRuntime", deploy: "Deploy", own_var_dir: "Path"
) -> None:
    deployment = drive(deploy(), Status.RUNNING)
    old, many, living = "d1-old-1", "d1-many-%d", deployment.instances.get().key
    for key in (old, *(many % n for n in range(forgetting.MOST))):
        (own_var_dir / "instances" / key).mkdir(parents=True)
        row = deployment.instances.get(key=living)
        row.pk, row.key, row.status = None, key, Instance.Status.ENDED
        row.ended_at = timezone.now() - (timedelta(days=8) if key == old else timedelta(days=1))
        row.save()

    assert forgetting.forget_instances() == 1
    Instance.objects.filter(key=many % 1).update(ended_at=timezone.now() - timedelta(days=8))
    assert forgetting.forget_instances() == 1

    left = {path.name for path in (own_var_dir / "instances").iterdir()}
    assert left == {many % n for n in range(forgetting.MOST) if n != 1}
    assert Instance.objects.filter(key=living).exists()
