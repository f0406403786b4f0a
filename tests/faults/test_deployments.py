"""Workers killed, stopped, paused, doubled; models killed; Redis and PostgreSQL away: it is so."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.db import OperationalError, connection

from config.celery import LONGEST_END
from deployments import actions, leases
from deployments.models import Deployment, Instance, Status
from tests.deployments import deployables, instances
from tests.deployments.conftest import ada, deploy, local, own_var_dir
from tests.deployments.driving import is_settled, told
from tests.faults import workers as real
from tests.servers import wait_until

if TYPE_CHECKING:
    from deployments.runtimes.local.runtime import LocalRuntime
    from tests.deployments.conftest import Deploy

__all__ = ["ada", "deploy", "local", "own_var_dir"]
RECOVERY = 90.0  # seconds for PostgreSQL after a crash
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[real.Redis]:
    if connection.vendor == "sqlite":
        pytest.skip("The tests' database in memory is not seen by other processes.")
    server = real.Redis(tmp_path)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def workers(
    transactional_db: None, redis: real.Redis, local: "LocalRuntime", tmp_path: Path
) -> Iterator[real.Workers]:
    environment = real.environment(tmp_path, connection.settings_dict, redis.url)
    started = real.Workers(environment, tmp_path)
    yield started
    started.kill_all()


@pytest.fixture
def deployment(workers: real.Workers, deploy: "Deploy") -> Deployment:
    return deploy(version=deployables.version())


def becomes(deployment: Deployment, status: Status) -> None:
    def is_so() -> bool:
        deployment.refresh_from_db()
        return deployment.status == status and is_settled(deployment)

    try:
        wait_until(is_so, str(status), seconds=60)
    except TimeoutError:
        pytest.fail(told(deployment))


def the_lease_is_over(deployment: Deployment) -> None:
    Deployment.objects.filter(pk=deployment.pk).update(leased_until=leases.in_time(-1))


def only_one_runs(local: "LocalRuntime", deployment: Deployment, *, among: int = 1) -> None:
    (instance,) = deployment.instances.living()
    # One that a paused worker was about to start is ended as an orphan, within ten seconds.
    wait_until(lambda: len(local.keys()) == among, "the end of all others")
    running = local.keys()
    assert instance.key in running
    keepers = instances.alive(f"instances/{instance.key}")
    assert keepers, "its keeper is there"
    assert deployment.events.filter(code="Promised", instance=instance.key).count() == 1


def some(**fields: object) -> Callable[[], bool]:
    return lambda: Instance.objects.filter(**fields).exists()


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param({}, id="when memory is promised"),
        pytest.param({"status": "ready"}, id="when it is ready"),
    ],
)
def test_a_worker_that_is_killed_leaves_one_instance_in_the_end(
    workers: real.Workers,
    local: "LocalRuntime",
    deployment: Deployment,
    moment: dict[str, object],
) -> None:
    workers.start()
    wait_until(some(**moment), "the moment")

    workers.kill_all()
    the_lease_is_over(deployment)
    workers.start()

    becomes(deployment, Status.RUNNING)
    only_one_runs(local, deployment)


def test_a_model_that_is_killed_is_started_again(
    workers: real.Workers, local: "LocalRuntime", deployment: Deployment, tmp_path: Path
) -> None:
    workers.start()
    becomes(deployment, Status.RUNNING)
    first = deployment.instances.get()
    state = json.loads((tmp_path / "instances" / first.key / "state.json").read_text())

    os.kill(state["server"][0], signal.SIGKILL)
    wait_until(some(status="ready", pk__gt=first.pk), "another instance")

    becomes(deployment, Status.RUNNING)
    only_one_runs(local, deployment)
    assert deployment.events.filter(code="Crashed", instance=first.key).count() == 1
    assert not instances.alive(f"instances/{first.key}")


def test_without_redis_a_wish_is_taken_and_done_when_it_is_back_empty(
    workers: real.Workers, redis: real.Redis, local: "LocalRuntime", deploy: "Deploy"
) -> None:
    workers.start()
    redis.kill()

    deployment = deploy(version=deployables.version())
    redis.start()

    becomes(deployment, Status.RUNNING)
    only_one_runs(local, deployment)


def test_what_waits_is_done_though_redis_forgot_it(
    workers: real.Workers, redis: real.Redis, local: "LocalRuntime", deploy: "Deploy"
) -> None:
    version = deployables.version()
    rows = [deploy(name=f"waits-{number}", version=version) for number in range(4)]
    redis.client().flushall()
    workers.start()
    wait_until(some(), "a promise")
    redis.client().flushall()

    for row in rows:
        becomes(row, Status.RUNNING)

    assert Instance.objects.count() == len(local.keys()) == len(rows)


def test_a_worker_that_is_told_to_stop_ends_soon_and_another_goes_on(
    workers: real.Workers, redis: real.Redis, local: "LocalRuntime", deployment: Deployment
) -> None:
    worker = workers.start()
    wait_until(some(), "a promise")

    worker.terminate()

    worker.wait(LONGEST_END - 5)  # by itself, not by the alarm
    assert redis.client().hlen("unacked") == 0
    workers.start()
    becomes(deployment, Status.RUNNING)
    only_one_runs(local, deployment)


def test_workers_that_are_told_to_stop_while_they_write_leave_nothing_half_done(
    workers: real.Workers, local: "LocalRuntime", deployment: Deployment
) -> None:
    for number in (1, 3):
        the_lease_is_over(deployment)
        worker = workers.start("tests.faults.quitting", QUIT_AT_WRITE=str(number))
        worker.wait(LONGEST_END + 5)
        assert worker.returncode != -signal.SIGALRM

    workers.start()
    becomes(deployment, Status.RUNNING)
    only_one_runs(local, deployment)
    assert deployment.events.filter(code="Ready").count() == 1


def test_workers_go_on_when_postgresql_has_crashed_and_is_back(
    workers: real.Workers, local: "LocalRuntime", deployment: Deployment, deploy: "Deploy"
) -> None:
    worker = workers.start()
    becomes(deployment, Status.RUNNING)
    version = deployment.release_wanted.version

    postgresql_crashes()
    other = deploy(name="other", version=version)

    becomes(other, Status.RUNNING)
    becomes(deployment, Status.RUNNING)
    assert worker.poll() is None
    only_one_runs(local, deployment, among=2)
    only_one_runs(local, other, among=2)


def postgresql_crashes() -> None:
    """A backend that is killed lets the server end all others, recover, and begin anew."""
    with closing(connection.copy()) as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        os.kill(cursor.fetchone()[0], signal.SIGKILL)
    wait_until(lambda: not is_answered(), "the end of all connections")
    wait_until(is_answered, "PostgreSQL again", seconds=RECOVERY)


def is_answered() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except OperationalError:
        # A pooled one that looked alive may have died just then; Django would keep it for ever.
        connection.close()
        return False
    return True


def test_two_workers_with_two_clocks_start_each_once(
    workers: real.Workers, local: "LocalRuntime", deployment: Deployment, deploy: "Deploy"
) -> None:
    version = deployment.release_wanted.version
    rows = [deployment, *(deploy(name=f"other-{n}", version=version) for n in range(2))]

    workers.start()
    workers.start()
    for row in rows:
        becomes(row, Status.RUNNING)

    assert Instance.objects.count() == len(local.keys()) == len(rows)
    for row in rows:
        assert row.events.filter(code="Serving").count() == 1


def test_a_worker_that_was_paused_for_longer_than_its_lease_overwrites_nothing(
    workers: real.Workers, local: "LocalRuntime", deployment: Deployment
) -> None:
    paused = workers.start()
    wait_until(some(), "a promise")
    os.killpg(paused.pid, signal.SIGSTOP)
    the_lease_is_over(deployment)
    workers.start()
    becomes(deployment, Status.RUNNING)
    actions.stop(deployment, by=None)
    becomes(deployment, Status.STOPPED)

    os.killpg(paused.pid, signal.SIGCONT)
    actions.start(deployment, by=None)
    becomes(deployment, Status.RUNNING)

    only_one_runs(local, deployment)
    ready = deployment.events.filter(code="Ready").values_list("instance", flat=True)
    assert len(ready) == len(set(ready)) == 2


def test_a_stop_while_it_starts_leaves_nothing(
    workers: real.Workers, local: "LocalRuntime", deploy: "Deploy"
) -> None:
    deployment = deploy(version=deployables.version(deployables.SLOW_SETUP))
    workers.start()
    wait_until(some(seen_at__isnull=False), "its start")

    actions.stop(deployment, by=None)

    becomes(deployment, Status.STOPPED)
    assert not local.keys()
    assert deployment.reason == "StoppedByUser"
