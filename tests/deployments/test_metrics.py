"""What is noted of predictions and instances, and what is read back."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from deployments import metrics
from deployments.models import Deployment, MinuteMetrics, Prediction
from tests.deployments import rows

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.fixture
def deployment() -> Deployment:
    return rows.deployment(rows.user(), rows.version())


def ended(deployment: Deployment, took: float = 0.4, **fields: object) -> Prediction:
    assert deployment.release_wanted
    return rows.prediction(
        deployment.owner,
        deployment.release_wanted.version,
        deployment=deployment,
        created_at=NOON + timedelta(seconds=10),
        completed_at=NOON + timedelta(seconds=10 + took),
        **fields,
    )


def test_predictions_of_a_minute_are_counted_in_one_row(deployment: Deployment) -> None:
    metrics.note(ended(deployment))
    metrics.note(ended(deployment, took=2.5))
    metrics.note(ended(deployment, status=Prediction.Status.FAILED))

    row = MinuteMetrics.objects.get()

    assert (row.minute, row.requests, row.errors, row.seconds) == (NOON, 3, 1, 1.5)
    assert sum(row.latencies) == 2  # how long a failure took says nothing of the model


def test_a_prediction_of_no_deployment_is_not_counted(deployment: Deployment) -> None:
    prediction = ended(deployment)
    prediction.deployment = None

    metrics.note(prediction)

    assert not MinuteMetrics.objects.exists()


def test_instances_are_noted_once_a_minute_beside_what_is_there(deployment: Deployment) -> None:
    rows.instance(deployment)
    rows.instance(deployment, 2)
    now = timezone.now()
    prediction = ended(deployment)
    prediction.completed_at = now
    metrics.note(prediction)
    rows.prediction(
        deployment.owner,
        prediction.version,
        deployment=deployment,
        status=Prediction.Status.STARTING,
    )

    metrics.note_instances()
    metrics.note_instances()

    noted = metrics.read(deployment, "1h").total
    assert noted.requests == 1
    assert noted.queue_most == 1
    assert noted.cost in (Decimal("0.012"), Decimal("0.024"))  # the minute may have turned


def test_what_is_older_than_thirty_days_is_forgotten(deployment: Deployment) -> None:
    for days in (29, 31):
        minute = NOON - timedelta(days=days)
        MinuteMetrics.objects.create(deployment=deployment, minute=minute)

    metrics.forget(NOON)

    assert MinuteMetrics.objects.get().minute == NOON - timedelta(days=29)


def test_a_series_has_every_step_of_its_span(deployment: Deployment) -> None:
    metrics.note(ended(deployment))

    for span, (hours, minutes) in metrics.SPANS.items():
        series = metrics.read(deployment, span, NOON + timedelta(minutes=5))

        assert len(series.steps) == hours * 60 // minutes
        assert [step.requests for step in series.steps if step.requests] == [1]
        assert series.steps[-1].begins_at <= NOON + timedelta(minutes=5)


def test_a_series_needs_one_query(
    deployment: Deployment, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        metrics.read(deployment, "30d")


@pytest.mark.parametrize(
    ("took", "share", "least", "most"),
    [
        ([0.4] * 100, 0.5, 0.3, 0.5),
        ([0.4] * 95 + [9.0] * 5, 0.95, 0.3, 0.5),
        ([0.4] * 90 + [9.0] * 10, 0.95, 7.5, 10.0),
        ([100_000.0], 0.5, 3600.0, 3600.0),
        ([0.0], 0.5, 0.0, 0.01),
    ],
)
def test_a_quantile_lies_within_the_bounds_of_what_was_counted(
    took: list[float], share: float, least: float, most: float
) -> None:
    counts: list[int] = []
    for seconds in took:
        counts = metrics._together(counts, metrics._one(seconds))

    found = metrics.quantile(counts, share)

    assert found is not None and least <= found <= most


def test_there_is_no_quantile_of_nothing() -> None:
    assert metrics.quantile([], 0.5) is None
    assert metrics.quantile([0, 0], 0.95) is None
