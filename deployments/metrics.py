"""What deployments did, minute by minute: noted as it happens, read as series, kept for 30 days."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Count, QuerySet, Sum
from django.utils import timezone

from config.worded import Blank, Change, Question
from deployments.models import Deployment, Instance, MinuteMetrics, Prediction

KEPT = timedelta(days=30)
# Seconds. A row counts how many predictions took up to each, and how many longer than the last.
BOUNDS = (
    *(0.01, 0.02, 0.035, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75),
    *(1.0, 1.5, 2.0, 3.0, 5.0, 7.5, 10.0, 15.0, 20.0, 30.0, 45.0),
    *(60.0, 90.0, 120.0, 180.0, 300.0, 600.0, 1800.0, 3600.0),
)
NOTED = ("requests", "errors", "seconds", "latencies")
_MINUTE = Question(
    lambda: MinuteMetrics.objects.select_for_update().filter(
        deployment=Blank("deployment_id"),
        minute=Blank("minute", MinuteMetrics._meta.get_field("minute")),
    )[:1]
)
_NOTE = Change(lambda: MinuteMetrics.objects.filter(pk=Blank("id")), NOTED)
# What a page shows: so many hours, in steps of so many minutes.
SPANS = {"1h": (1, 1), "24h": (24, 20), "7d": (168, 120), "30d": (720, 720)}


@dataclass(slots=True)
class Step:
    """What was noted in some minutes together."""

    begins_at: datetime
    requests: int = 0
    errors: int = 0
    queue_most: int = 0
    seconds: float = 0
    instances: float = 0  # on average
    cost: Decimal = Decimal(0)
    latencies: list[int] = field(default_factory=list)

    @property
    def p50(self) -> float | None:
        return quantile(self.latencies, 0.5)

    @property
    def p95(self) -> float | None:
        return quantile(self.latencies, 0.95)

    def add(self, row: MinuteMetrics, minutes: int) -> None:
        self.requests += row.requests
        self.errors += row.errors
        self.queue_most = max(self.queue_most, row.queue_most)
        self.seconds += row.seconds
        self.instances += row.instances / minutes
        self.cost += row.cost
        self.latencies = _together(self.latencies, row.latencies)


@dataclass(frozen=True, slots=True)
class Series:
    steps: list[Step]  # all of the span, the oldest first
    total: Step
    minutes: int  # of one step


def note(prediction: Prediction) -> None:
    """Count a prediction that has ended; call it once, in the transaction that ends it."""
    if prediction.deployment_id is None or prediction.completed_at is None:
        return
    minute = prediction.completed_at.replace(second=0, microsecond=0)
    row = {"deployment_id": prediction.deployment_id, "minute": minute}
    with transaction.atomic(savepoint=False):
        noted = _MINUTE.first(**row)
        if noted is None:
            MinuteMetrics.objects.bulk_create([MinuteMetrics(**row)], ignore_conflicts=True)
            noted = MinuteMetrics.objects.select_for_update().get(**row)
        noted.requests += 1
        noted.errors += prediction.status == Prediction.Status.FAILED
        noted.seconds += _predict_time(prediction)
        took = (prediction.completed_at - prediction.created_at).total_seconds()
        if prediction.status == Prediction.Status.SUCCEEDED:
            noted.latencies = _together(noted.latencies, _one(took))
        _NOTE(id=noted.pk, **{name: getattr(noted, name) for name in NOTED})


def note_instances() -> None:
    """How many instances there are, how many predictions wait, and what a minute of it costs.

    Once a minute; again within the same minute it notes the same once more.
    """
    now = timezone.now()
    minute = now.replace(second=0, microsecond=0)
    living = _by_deployment(Instance.objects.living(), number=Count("pk"), price=_price())
    waiting = _by_deployment(Prediction.objects.queued().order_by(), number=Count("pk"))
    rows = [
        MinuteMetrics(
            deployment_id=pk,
            minute=minute,
            instances=living.get(pk, {}).get("number", 0),
            queue_most=waiting.get(pk, {}).get("number", 0),
            cost=(living.get(pk, {}).get("price") or 0) * 60,
        )
        for pk in living.keys() | waiting.keys()
    ]
    MinuteMetrics.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["deployment", "minute"],
        update_fields=["instances", "queue_most", "cost"],
    )
    if minute.minute == 0:
        forget(now)


def forget(now: datetime) -> None:
    MinuteMetrics.objects.filter(minute__lt=now - KEPT).delete()


def read(deployment: Deployment, span: str, now: datetime | None = None) -> Series:
    """`span` is one of SPANS. Steps in which nothing was noted are there, and empty."""
    hours, minutes = SPANS[span]
    width = timedelta(minutes=minutes)
    first = _floor((now or timezone.now()) - timedelta(hours=hours), width) + width
    steps = [Step(first + width * number) for number in range(hours * 60 // minutes)]
    total = Step(first)
    for row in deployment.minutes.filter(minute__gte=first):
        number = (row.minute - first) // width
        if number < len(steps):
            steps[number].add(row, minutes)
            total.add(row, hours * 60)
    return Series(steps, total, minutes)


def quantile(counts: Sequence[int], share: float) -> float | None:
    """Seconds that this share of predictions did not take longer than; None of none."""
    wanted = sum(counts) * share
    if not wanted:
        return None
    before = 0
    for number, count in enumerate(counts):
        if count and before + count >= wanted:
            low = BOUNDS[number - 1] if number else 0.0
            high = BOUNDS[number] if number < len(BOUNDS) else BOUNDS[-1]
            return low + (high - low) * (wanted - before) / count
        before += count
    return BOUNDS[-1]


def _one(seconds: float) -> list[int]:
    counts = [0] * (len(BOUNDS) + 1)
    counts[bisect_left(BOUNDS, seconds)] = 1
    return counts


def _together(some: Sequence[int], others: Sequence[int]) -> list[int]:
    if not some or not others:
        return list(some or others)
    return [one + other for one, other in zip(some, others, strict=True)]


def _predict_time(prediction: Prediction) -> float:
    took = prediction.metrics.get("predict_time")
    return float(took) if isinstance(took, int | float) else 0.0


def _price() -> Sum:
    return Sum("price_per_second")


def _by_deployment(rows: QuerySet, **wanted: Count | Sum) -> dict[int, dict]:  # type: ignore[type-arg]
    found = rows.exclude(deployment=None).order_by().values("deployment").annotate(**wanted)
    return {each["deployment"]: each for each in found}


def _floor(moment: datetime, width: timedelta) -> datetime:
    beginning = datetime(2026, 1, 1, tzinfo=UTC)
    return moment - (moment - beginning) % width
