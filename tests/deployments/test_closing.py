"""What an account has run when it closes is stopped, and deleted or handed over."""

import io
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from accounts.closing import actions as closing
from accounts.models import Closing, User
from deployments import files, lifecycle
from deployments.models import Delivery, Deployment, Instance, Prediction, Status, StoredFile
from deployments.webhooks import making
from tests.deployments import deployables, rows
from tests.deployments.driving import drive

if TYPE_CHECKING:
    from django.test import Client

    from tests.deployments.conftest import Deploy
    from tests.deployments.fake_runtime import FakeRuntime

pytestmark = pytest.mark.django_db


@pytest.fixture
def running(fake: "FakeRuntime", deploy: "Deploy") -> Deployment:
    made = deploy(version=deployables.version(real=False), min_instances=1)
    drive(made, Status.RUNNING)
    return made


@pytest.fixture
def acme() -> User:
    return User.objects.create(username="acme", kind=User.Kind.ORGANIZATION)


def test_what_runs_is_counted_and_stopped(
    running: Deployment, ada: User, fake: "FakeRuntime"
) -> None:
    said = [line.text for line in closing.told(ada)]

    closing.close(ada)
    left = closing.go_on()
    drive(running, Status.STOPPED)

    assert "1 deployment, of which 1 runs now" in said
    assert left == 1  # an instance lived still
    assert fake.keys() == set()
    assert closing.go_on() == 0
    assert not Instance.objects.living().exists()


def test_predictions_files_and_calls_are_deleted(own_var_dir: Path, ada: User, acme: User) -> None:
    version = rows.version()
    done = rows.prediction(ada, version)
    waiting = rows.prediction(ada, version, status=Prediction.Status.STARTING)
    kept = rows.prediction(acme, version, created_by=ada)
    stored = files.store(ada, "a.txt", "text/plain", io.BytesIO(b"abc"))
    made = files.store(ada, "b.txt", "text/plain", io.BytesIO(b"abc"), done)
    making.make(ada, "https://example.org/", event="start", body="{}", prediction=done)
    making.make(ada, "https://example.org/", event="test", body="{}")

    closing.close(ada)
    closing.go_on()

    assert [each.pk for each in Prediction.objects.all()] == [kept.pk]
    assert waiting.pk not in Prediction.objects.values_list("pk", flat=True)
    assert not StoredFile.objects.exists()
    assert not Delivery.objects.exists()
    assert Closing.objects.get().ended_at
    assert stored.pk != made.pk


def test_a_prediction_that_runs_is_cancelled_and_waited_for(own_var_dir: Path, ada: User) -> None:
    runs = rows.prediction(ada, rows.version(), status=Prediction.Status.PROCESSING)
    closing.close(ada)

    assert closing.go_on() == 1
    runs.refresh_from_db()
    assert runs.cancel_asked_at
    Prediction.objects.update(status=Prediction.Status.CANCELED)
    assert closing.go_on() == 0


def test_all_of_it_is_handed_over(own_var_dir: Path, ada: User, acme: User) -> None:
    version = rows.version()
    deployed = rows.deployment(ada, version)
    rows.deployment(acme, version)
    asked = rows.prediction(ada, version, deployment=deployed)
    stored = files.store(ada, "a.txt", "text/plain", io.BytesIO(b"abc"))

    closing.close(ada, hand_over_to=acme)
    closing.go_on()

    deployed.refresh_from_db()
    asked.refresh_from_db()
    stored.refresh_from_db()
    assert (deployed.owner, deployed.name, deployed.deleted_at) == (acme, "hello-2", None)
    assert (asked.owner, asked.created_by) == (acme, ada)
    assert stored.owner == acme
    assert files.read(stored).read() == b"abc"


def test_a_person_whom_an_administrator_deletes_leaves_nothing_running(
    running: Deployment, ada: User, fake: "FakeRuntime", admin_client: "Client"
) -> None:
    assert fake.keys()

    admin_client.post(f"/admin/accounts/user/{ada.pk}/delete/", {"post": "yes"})
    lifecycle.stop_orphans()

    assert not User.objects.filter(pk=ada.pk).exists()
    assert fake.keys() == set()
