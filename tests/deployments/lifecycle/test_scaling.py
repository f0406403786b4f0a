"""Between min and max by what waits, to zero when nothing comes, and ended by time or budget."""

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from django.db.models import F
from django.utils import timezone

from deployments import actions
from deployments.lifecycle import advance, sweeping
from deployments.models import Deployment, Instance, Prediction, Reason, Status
from tests.deployments import deployables
from tests.deployments.driving import drive

if TYPE_CHECKING:
    from tests.deployments.conftest import Deploy
    from tests.deployments.fake_runtime import FakeRuntime

pytestmark = pytest.mark.django_db


def ask(deployment: Deployment, count: int = 1) -> None:
    release = deployment.release_wanted
    Prediction.objects.bulk_create(
        Prediction(
            owner=deployment.owner,
            ai_model=deployment.ai_model,
            version=release.version,
            deployment=deployment,
        )
        for _ in range(count)
    )
    actions.wake(deployment)


def no_request_for(deployment: Deployment, **time: float) -> None:
    ago = timedelta(**time)
    Deployment.objects.filter(pk=deployment.pk).update(
        woken_at=F("woken_at") - ago, last_used_at=F("last_used_at") - ago
    )
    deployment.releases.update(served_at=F("served_at") - ago)
    for name in ("ready_at", "used_at", "started_at", "billed_until"):
        deployment.instances.update(**{name: F(name) - ago})


def ready(count: int):
    return lambda row: row.instances.ready().count() == count == row.instances.living().count()


def test_instances_follow_the_queue_up_to_the_most(fake: "FakeRuntime", deploy: "Deploy") -> None:
    deployment = drive(deploy(max_instances=3), Status.RUNNING)

    ask(deployment, 10)
    drive(deployment, ready(3))

    Prediction.objects.update(status=Prediction.Status.SUCCEEDED)
    no_request_for(deployment, seconds=90)
    drive(deployment, ready(1))
    assert deployment.status == Status.RUNNING


def test_a_busy_instance_is_never_taken_away(fake: "FakeRuntime", deploy: "Deploy") -> None:
    deployment = drive(deploy(min_instances=0, idle_seconds=60), Status.RUNNING)
    deployment.instances.update(slots_taken=1)
    no_request_for(deployment, minutes=10)

    advance(deployment.pk)

    assert deployment.instances.ready().count() == 1


def test_it_sleeps_when_idle_and_wakes_with_a_request(
    fake: "FakeRuntime", deploy: "Deploy"
) -> None:
    deployment = drive(deploy(min_instances=0, idle_seconds=60), Status.RUNNING)
    advance(deployment.pk)
    assert deployment.instances.ready().count() == 1

    no_request_for(deployment, seconds=61)
    drive(deployment, Status.SCALED_TO_ZERO)

    assert deployment.reason == Reason.IDLE
    assert not fake.keys()
    assert deployment.pk not in sweeping.due()
    actions.wake(deployment)
    assert deployment.pk in sweeping.due()
    drive(deployment, lambda row: row.reason == Reason.WAKING or row.status == Status.RUNNING)
    drive(deployment, Status.RUNNING)


def test_with_zero_idle_seconds_it_never_sleeps(fake: "FakeRuntime", deploy: "Deploy") -> None:
    deployment = drive(deploy(min_instances=0, idle_seconds=0), Status.RUNNING)
    no_request_for(deployment, days=30)

    advance(deployment.pk)

    assert deployment.instances.ready().count() == 1


def test_it_is_stopped_at_its_time_even_asleep(fake: "FakeRuntime", deploy: "Deploy") -> None:
    soon = timezone.now() + timedelta(minutes=5)
    deployment = drive(deploy(min_instances=0, idle_seconds=60, stop_at=soon), Status.RUNNING)
    no_request_for(deployment, seconds=61)
    drive(deployment, Status.SCALED_TO_ZERO)

    Deployment.objects.update(stop_at=timezone.now() - timedelta(seconds=1))
    assert deployment.pk in sweeping.due()
    drive(deployment, Status.STOPPED)

    assert deployment.reason == Reason.STOPPED_BY_TIME
    with pytest.raises(actions.Refused, match="set a later one"):
        actions.start(deployment, by=None)


def test_what_it_costs_is_counted_and_stops_it_at_its_budget(
    fake: "FakeRuntime", deploy: "Deploy"
) -> None:
    price = deployables.hardware("dear", price_per_second=Decimal("0.01"))
    deployment = drive(deploy(hardware=price, budget=Decimal("1.00")), Status.RUNNING)
    no_request_for(deployment, seconds=50)
    advance(deployment.pk)
    deployment.refresh_from_db()
    assert Decimal("0.50") <= deployment.cost < Decimal("0.60")

    no_request_for(deployment, seconds=60)
    drive(deployment, Status.STOPPED)

    assert deployment.reason == Reason.STOPPED_BY_BUDGET
    assert Decimal("1.00") < deployment.cost < Decimal("1.30")
    paid = deployment.cost
    advance(deployment.pk)
    deployment.refresh_from_db()
    assert deployment.cost == paid


def test_a_price_holds_for_instances_that_started_with_it(
    fake: "FakeRuntime", deploy: "Deploy"
) -> None:
    hardware = deployables.hardware("dear", price_per_second=Decimal("0.01"))
    deployment = drive(deploy(hardware=hardware), Status.RUNNING)

    hardware.price_per_second = Decimal(5)
    hardware.save()

    assert Instance.objects.get().price_per_second == Decimal("0.01")
    no_request_for(deployment, seconds=50)
    advance(deployment.pk)
    deployment.refresh_from_db()
    assert deployment.cost < 1
