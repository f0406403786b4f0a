"""A task may run twice: the second time it changes nothing."""

from typing import TYPE_CHECKING, Any

import pytest
from celery import Task

from deployments import tasks
from deployments.models import (
    Delivery,
    Deployment,
    Environment,
    Event,
    Instance,
    MinuteMetrics,
    Prediction,
    Release,
    Status,
    StoredFile,
)
from tests.deployments.driving import drive

if TYPE_CHECKING:
    from tests.deployments.conftest import Deploy
    from tests.deployments.fake_runtime import FakeRuntime

TABLES = (
    *(Deployment, Release, Event, Instance, Environment),
    *(MinuteMetrics, Prediction, StoredFile, Delivery),
)
# What says when somebody looked, and not what they saw.
LOOKS = {"lease_number", "seen_at", "last_used_at", "billed_until"}
REGISTRY = {name: task for name, task in vars(tasks).items() if isinstance(task, Task)}


def rows() -> dict[str, list[dict[str, Any]]]:
    return {
        table.__name__: [
            {name: value for name, value in row.items() if name not in LOOKS}
            for row in table.objects.order_by("pk").values()
        ]
        for table in TABLES
    }


@pytest.mark.django_db
@pytest.mark.parametrize("name", REGISTRY)
def test_a_task_that_runs_twice_changes_nothing_the_second_time(
    fake: "FakeRuntime", deploy: "Deploy", name: str
) -> None:
    waiting = deploy(name="waiting")
    running = drive(deploy(name="running", version=waiting.release_wanted.version), Status.RUNNING)
    about = {
        "advance": [waiting.pk],
        "build_environment": [waiting.release_wanted.version.bundle.environment_id],
        "run_predictions": [running.pk],
    }
    task = REGISTRY[name]

    task.run(*about.get(name, []))
    before, starts = rows(), len(fake.starts)
    task.run(*about.get(name, []))

    assert rows() == before
    assert len(fake.starts) == starts
