"""Memory is promised once, whoever asks at the same time."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from django.db import connection, connections
from pytest_django.fixtures import Settings

from deployments import lifecycle, preflight
from deployments.lifecycle import capacity
from deployments.models import Instance, Reason, Status
from tests.deployments import deployables
from tests.deployments.driving import drive

if TYPE_CHECKING:
    from tests.deployments.conftest import Deploy
    from tests.deployments.fake_runtime import FakeRuntime

GB = 2**30


@pytest.fixture
def one_gigabyte(settings: Settings) -> None:
    settings.HARDWARE_MEMORY = capacity.OWN_MEMORY + GB


@pytest.mark.django_db
def test_what_does_not_fit_waits_and_starts_when_there_is_room(
    one_gigabyte: None, fake: "FakeRuntime", deploy: "Deploy"
) -> None:
    from deployments import actions  # noqa: PLC0415

    large = deployables.hardware("large", memory=600 * 2**20)
    first = drive(deploy(name="first", hardware=large), Status.RUNNING)

    second = drive(
        deploy(name="second", hardware=large, version=first.release_wanted.version),
        lambda row: row.reason == Reason.NO_CAPACITY,
    )

    assert second.status == Status.QUEUED
    assert "Free: 445 MB" in second.detail and "1 × 629 MB" in second.detail
    assert not second.instances.exists()
    actions.stop(first, by=None)
    drive(first, Status.STOPPED)
    drive(second, Status.RUNNING)


@pytest.mark.django_db
def test_no_more_of_a_hardware_is_taken_than_there_is(
    fake: "FakeRuntime", deploy: "Deploy"
) -> None:
    only = deployables.hardware("only", count=1)
    version = deployables.version(real=False)
    drive(deploy(name="first", hardware=only, version=version), Status.RUNNING)

    second = drive(
        deploy(name="second", hardware=only, version=version),
        lambda row: row.reason == Reason.NO_CAPACITY,
    )

    assert "1 of 1 taken" in second.detail


@pytest.mark.django_db(transaction=True)
def test_the_last_memory_is_promised_to_one_of_many_that_ask_at_once(
    one_gigabyte: None, fake: "FakeRuntime", deploy: "Deploy"
) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("The tests' database in memory refuses a second writer instead of waiting.")
    large = deployables.hardware("large", memory=300 * 2**20)
    version = deployables.version(real=False)
    rows = [deploy(name=f"one-{n}", hardware=large, version=version) for n in range(8)]

    def advance(pk: int) -> None:
        try:
            lifecycle.advance(pk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(advance, [row.pk for row in rows] * 3))

    assert Instance.objects.living().count() == 3
    assert len(fake.starts) == 3


@pytest.mark.django_db
def test_before_the_click_it_tells_whether_it_fits_why_and_what_it_costs(
    one_gigabyte: None,
) -> None:
    version = deployables.version(real=False)
    hardware = deployables.hardware(memory=400 * 2**20, price_per_second=Decimal("0.001"))

    two, three = (preflight.check(version, hardware, n) for n in (2, 3))

    assert two.fits and not three.fits and not three.is_possible
    assert any("3 × 419 MB" in line for line in three.lines)
    assert two.per_hour == Decimal("7.2") and two.per_day == Decimal("172.8")
    assert "2 instances" in two.made


@pytest.mark.parametrize(
    ("requests", "idle", "cost"),
    [(0, 60, 0), (24, 0, 864), (24, 60, Decimal("16.8")), (100_000, 60, 864)],
)
def test_what_a_load_costs_is_reckoned_with_its_pauses(
    requests: int, idle: int, cost: Decimal
) -> None:
    from deployments.models import Hardware  # noqa: PLC0415

    hardware = Hardware(price_per_second=Decimal("0.01"))

    found = preflight.cost_of_load(
        hardware, requests_per_day=requests, seconds_each=10, idle_seconds=idle
    )

    assert found == cost


@pytest.mark.django_db
def test_hardware_is_made_from_the_host_once(settings: Settings) -> None:
    from deployments import hardware  # noqa: PLC0415
    from deployments.models import Hardware  # noqa: PLC0415

    settings.HARDWARE_MEMORY = 6 * GB
    settings.HARDWARE_GPU_MEMORY = [24 * GB, 24 * GB]

    assert hardware.ensure() == 4
    assert hardware.ensure() == 0
    assert [row.sku for row in Hardware.objects.all()] == [
        *("cpu-small", "cpu", "cpu-large", "gpu-24gb")
    ]
    assert Hardware.objects.last().count == 2
