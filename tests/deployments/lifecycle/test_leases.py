"""One at a time works on a deployment, and who lost the lease writes nothing any more."""

from typing import TYPE_CHECKING

import pytest
from django.db.models.functions import Now

from deployments import leases
from deployments.leases import LeaseLost
from deployments.lifecycle import advance
from deployments.lifecycle.work import Work
from deployments.models import Deployment, Instance, InvalidTransition, Status
from tests.deployments.driving import drive

if TYPE_CHECKING:
    from tests.deployments.conftest import Deploy
    from tests.deployments.fake_runtime import FakeRuntime

pytestmark = pytest.mark.django_db


def is_over(deployment: Deployment) -> None:
    Deployment.objects.filter(pk=deployment.pk).update(leased_until=leases.in_time(-1))


def test_a_lease_is_one_workers_until_it_is_over(fake: "FakeRuntime", deploy: "Deploy") -> None:
    deployment = deploy()

    first = leases.take(deployment.pk)
    assert first is not None
    assert leases.take(deployment.pk) is None
    is_over(deployment)
    second = leases.take(deployment.pk)

    assert second is not None and second > first


def test_while_somebody_works_on_it_others_do_nothing(
    fake: "FakeRuntime", deploy: "Deploy"
) -> None:
    deployment = deploy()
    leases.take(deployment.pk)

    advance(deployment.pk)

    deployment.refresh_from_db()
    assert deployment.status == Status.QUEUED and not fake.starts


def test_a_late_writer_changes_nothing(fake: "FakeRuntime", deploy: "Deploy") -> None:
    deployment = deploy()
    late = Work.load(deployment.pk, leases.take(deployment.pk) or 0)
    is_over(deployment)
    drive(deployment, Status.RUNNING)
    before = list(Instance.objects.values())

    with pytest.raises(InvalidTransition):
        late.move(Status.FAILED, "CrashLoop")
    with pytest.raises(LeaseLost):
        late.set(crashes=3)
    with pytest.raises(LeaseLost):
        late.write(Instance.objects.get(), status=Instance.Status.ENDED)
    leases.release(deployment.pk, late.lease_number)

    deployment.refresh_from_db()
    assert (deployment.status, deployment.crashes) == (Status.RUNNING, 0)
    assert list(Instance.objects.values()) == before


def test_leases_go_by_the_databases_clock(
    deploy: "Deploy", fake: "FakeRuntime", monkeypatch: pytest.MonkeyPatch
) -> None:
    deployment = deploy()

    leases.take(deployment.pk)

    held = Deployment.objects.filter(pk=deployment.pk, leased_until__gt=Now())
    assert held.exists()
    assert not held.filter(leased_until__gt=leases.in_time(leases.SECONDS + 1)).exists()


def test_an_administrator_can_break_a_lease(fake: "FakeRuntime", deploy: "Deploy") -> None:
    deployment = deploy()
    number = leases.take(deployment.pk)

    leases.break_all([deployment.pk])

    with pytest.raises(LeaseLost):
        leases.renew(deployment.pk, number or 0)
    drive(deployment, Status.RUNNING)
