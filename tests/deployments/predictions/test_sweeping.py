"""What the sweep makes good: leases that ran out, times that are over, slots counted wrong."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from deployments import cog
from deployments.models import Deployment, Instance, Prediction, Status
from deployments.predictions import claims, queueing, running, sweeping
from deployments.predictions.pieces import LeaseLost, Pieces
from tests.deployments.predictions.models import Served

pytestmark = pytest.mark.django_db


def queued(served: Served, owner: User, **fields: Any) -> Prediction:
    deployment = served.deployment
    return Prediction.objects.create(
        owner=owner,
        ai_model=deployment.ai_model,
        version=served.version,
        deployment=deployment,
        input={"text": "you"},
        turn=queueing.turn(deployment.pk, owner.pk),
        **fields,
    )


def held(served: Served, owner: User) -> claims.Held:
    queued(served, owner)
    taken = claims.next_in(served.deployment.pk)
    assert taken
    return taken


def let_the_lease_run_out() -> None:
    long_ago = timezone.now() - timedelta(seconds=1)
    Prediction.objects.running().update(leased_until=long_ago)


def test_what_nobody_runs_any_more_runs_again(ada: User, greeter: Served) -> None:
    lost = held(greeter, ada)
    let_the_lease_run_out()

    sweeping.sweep()
    sweeping.sweep()

    prediction = Prediction.objects.get()
    assert prediction.status == "starting" and prediction.instance is None
    assert Instance.objects.get().slots_taken == 0
    running.run(prediction.pk)
    prediction.refresh_from_db()
    assert prediction.output == "hello you" and prediction.attempts == 2
    assert not running.settle(lost, running.Outcome(Prediction.Status.FAILED, error="late"))
    prediction.refresh_from_db()
    assert prediction.status == "succeeded"


def test_a_late_writer_adds_no_piece(ada: User, counter: Served) -> None:
    lost = held(counter, ada)
    let_the_lease_run_out()
    sweeping.sweep()

    with pytest.raises(LeaseLost):
        Pieces(lost).add("output", "late")

    assert not Prediction.objects.get().events.exists()


def test_what_was_told_of_already_fails_instead_of_being_told_twice(
    ada: User, counter: Served
) -> None:
    lost = held(counter, ada)
    Pieces(lost).add("output", "one ")
    let_the_lease_run_out()

    sweeping.sweep()

    prediction = Prediction.objects.get()
    assert (prediction.status, prediction.reason) == ("failed", "Interrupted")
    assert Instance.objects.get().slots_taken == 0


def test_what_was_lost_three_times_fails(ada: User, greeter: Served) -> None:
    queued(greeter, ada)
    for _ in range(3):
        assert claims.next_in(greeter.deployment.pk)
        let_the_lease_run_out()
        sweeping.sweep()

    assert Prediction.objects.get().reason == "Interrupted"


def test_what_does_not_begin_in_time_is_given_up(ada: User, greeter: Served) -> None:
    queued(greeter, ada, deadline_at=timezone.now() - timedelta(seconds=1))
    assert claims.next_in(greeter.deployment.pk) is None

    sweeping.sweep()

    prediction = Prediction.objects.get()
    assert (prediction.status, prediction.reason) == ("aborted", "DeadlineReached")


def test_what_runs_beyond_its_deadline_is_cancelled(ada: User, greeter: Served) -> None:
    prediction = queued(greeter, ada, deadline_at=timezone.now() + timedelta(seconds=0.3))
    Prediction.objects.update(input={"text": "you", "seconds": 30})

    running.run(prediction.pk)

    prediction.refresh_from_db()
    assert (prediction.status, prediction.reason) == ("canceled", "DeadlineReached")


@pytest.mark.parametrize(
    ("change", "reason", "words"),
    [
        ({"wanted": "stopped"}, "DeploymentStopped", "was stopped"),
        ({"deleted_at": timezone.now()}, "DeploymentStopped", "was stopped"),
        (
            {
                "status": Status.FAILED,
                "reason": "SetupFailed",
                "detail": "no weights",
                "observed_generation": 1,
            },
            "DeploymentFailed",
            "SetupFailed). no weights",
        ),
    ],
)
def test_what_nobody_serves_any_more_fails_with_the_reason(
    ada: User, greeter: Served, change: dict[str, Any], reason: str, words: str
) -> None:
    queued(greeter, ada)
    Deployment.objects.update(**change)

    sweeping.sweep()

    prediction = Prediction.objects.get()
    assert (prediction.status, prediction.reason) == ("failed", reason)
    assert words in prediction.error


def test_slots_that_nobody_gave_back_are_counted_anew(ada: User, greeter: Served) -> None:
    Instance.objects.update(slots_taken=1)

    sweeping.sweep()

    assert Instance.objects.get().slots_taken == 0


def test_who_sleeps_while_somebody_waits_is_woken(ada: User, greeter: Served) -> None:
    Deployment.objects.update(status=Status.SCALED_TO_ZERO, observed_generation=1)
    queued(greeter, ada)

    sweeping.sweep()

    assert Deployment.objects.get().woken_at is not None


def test_an_instance_that_is_not_there_is_not_asked_again_and_nothing_is_lost(
    ada: User, greeter: Served
) -> None:
    Instance.objects.update(address="unix:/nowhere/at/all")
    prediction = queued(greeter, ada)

    running.run(prediction.pk)

    prediction.refresh_from_db()
    assert prediction.status == "starting" and prediction.instance is None
    instance = Instance.objects.get()
    assert instance.status == "starting" and instance.slots_taken == 0


def test_a_model_that_dies_is_a_failure_with_a_reason(
    ada: User, greeter: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: Any, **__: Any) -> cog.Answer:
        raise cog.Gone("The model's process died while it answered.")

    monkeypatch.setattr(cog, "predict", die)
    prediction = queued(greeter, ada)

    running.run(prediction.pk)

    prediction.refresh_from_db()
    assert (prediction.status, prediction.reason) == ("failed", "ModelDied")
    assert Instance.objects.get().slots_taken == 0


def test_turns_are_fair_between_owners(ada: User, bob: User, greeter: Served) -> None:
    first = [queued(greeter, ada) for _ in range(3)]
    bobs = [queued(greeter, bob) for _ in range(2)]

    order = list(Prediction.objects.queued())

    assert order == [first[0], bobs[0], first[1], bobs[1], first[2]]
    assert [queueing.position(each) for each in order] == [1, 2, 3, 4, 5]


def test_a_full_queue_says_when_to_come_again(ada: User, greeter: Served, settings: Any) -> None:
    settings.QUEUE_MAX_PER_OWNER = 2
    for _ in range(2):
        queued(greeter, ada)

    with pytest.raises(queueing.QueueFull) as full:
        queueing.check_room(greeter.deployment, ada.pk)

    assert 1 <= full.value.retry_after <= 60
    assert "2 of your predictions wait" in str(full.value)
