"""From the wish to the answer, with real processes."""

from typing import TYPE_CHECKING

import pytest

from deployments import cog
from deployments.models import Status
from tests.deployments import deployables
from tests.deployments.driving import drive

if TYPE_CHECKING:
    from deployments.runtimes.local.runtime import LocalRuntime
    from tests.deployments.conftest import Deploy


@pytest.mark.django_db
def test_what_was_deployed_answers(local: "LocalRuntime", deploy: "Deploy") -> None:
    deployment = deploy(version=deployables.version())

    drive(deployment, Status.RUNNING)

    (instance,) = deployment.instances.all()
    answer = cog.predict(
        instance.address, "p1", {"text": "you"}, is_stream=False, seconds=10, on_event=print
    )
    assert answer.output == "hello you"
    codes = [event.code for event in deployment.events.order_by("pk")]
    assert codes[0] == "Created" and {"Promised", "Ready", "Serving"} < set(codes)
    assert deployment.release_serving == deployment.release_wanted
