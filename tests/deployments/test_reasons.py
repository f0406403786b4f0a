"""Every state is told in a sentence, with the next step where there is one."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from config.health import heartbeat
from deployments import reasons
from deployments.models import Deployment, Reason, Status


@pytest.fixture
def _heard(db: None) -> None:
    heartbeat.note(heartbeat.RUNNER)


def row(**fields: object) -> Deployment:
    plain = {"status_changed_at": timezone.now(), "observed_generation": 1}
    return Deployment(**{**plain, **fields})


@pytest.mark.parametrize("reason", Reason.values)
def test_every_reason_has_a_sentence(reason: str) -> None:
    told = reasons.of(reason)

    assert told.sentence.endswith(".")
    assert told.next_action == "" or told.next_action.endswith(".")


@pytest.mark.usefixtures("_heard")
@pytest.mark.parametrize("status", Status)
def test_every_status_has_a_sentence(status: Status) -> None:
    assert reasons.told(row(status=status, reason="")).sentence.endswith(".")


@pytest.mark.django_db
def test_without_a_worker_what_waits_says_so() -> None:
    cache.delete(heartbeat.RUNNER)
    long_ago = timezone.now() - timedelta(minutes=1)
    waiting = row(status=Status.QUEUED, reason=Reason.QUEUED, status_changed_at=long_ago)

    unheard = reasons.told(waiting)
    heartbeat.note(heartbeat.RUNNER)

    assert unheard.reason == Reason.QUEUED_NO_WORKER
    assert "start the worker" in unheard.next_action
    assert reasons.told(waiting).reason == Reason.QUEUED
