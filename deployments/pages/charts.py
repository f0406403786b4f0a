"""Figures of a deployment as drawings with a table beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from catalog.pages import figures
from deployments.metrics import Series, Step
from deployments.pages import listing

WIDTH, HEIGHT = 480, 96  # user units of the drawing; it scales with the page
ROOM = 4  # above the highest


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart: each run of points between two gaps by itself."""

    title: str
    kind: str  # its class: first or second
    runs: list[str]
    dots: list[tuple[str, str]]  # points that stand alone


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    is_bad: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    id: str
    title: str
    most: str  # what its upper edge stands for
    said: str  # the whole in a sentence
    lines: list[Line]
    bars: list[Bar]
    width: int = WIDTH
    height: int = HEIGHT


@dataclass(frozen=True, slots=True)
class TableRow:
    at: datetime
    requests: str
    errors: str
    p50: str
    p95: str
    queue: str
    instances: str
    cost: str


@dataclass(frozen=True, slots=True)
class Charts:
    charts: list[Chart]
    table: list[TableRow]  # the newest first; only what is not empty
    first: datetime
    last: datetime
    is_empty: bool


def of(series: Series, currency: str) -> Charts:
    steps = series.steps
    rows = [_row(step, currency) for step in reversed(steps) if _is_noted(step)]
    return Charts(
        charts=[
            _requests(series),
            _latency(series),
            _queue(series),
            _instances(series),
            _cost(series, currency),
        ],
        table=rows,
        first=steps[0].begins_at,
        last=steps[-1].begins_at,
        is_empty=not rows,
    )


def seconds(value: float | None) -> str:
    """Three digits and a unit: 12 ms, 1.25 s. Empty when it is not known."""
    if value is None:
        return ""
    if value < 1:
        return f"{value * 1000:.0f} ms"
    return f"{value:.3g} s" if value < 1000 else f"{value:.0f} s"


def _requests(series: Series) -> Chart:
    total = series.total
    most = max(step.requests for step in series.steps)
    words = {"requests": figures.whole(total.requests), "errors": figures.whole(total.errors)}
    return Chart(
        id="requests",
        title=_("Requests"),
        most=figures.whole(most),
        said=_("%(requests)s requests, %(errors)s of them failed") % words,
        lines=[],
        bars=_bars(series.steps, most),
    )


def _latency(series: Series) -> Chart:
    total = series.total
    p50, p95 = [step.p50 for step in series.steps], [step.p95 for step in series.steps]
    most = max((value for value in p95 if value is not None), default=0)
    words = {"p50": seconds(total.p50) or "–", "p95": seconds(total.p95) or "–"}
    return Chart(
        id="latency",
        title=_("Time to answer"),
        most=seconds(most) if most else "",
        said=_("half within %(p50)s, 95 of 100 within %(p95)s") % words,
        lines=[_line("p50", "first", p50, most), _line("p95", "second", p95, most)],
        bars=[],
    )


def _queue(series: Series) -> Chart:
    most = series.total.queue_most
    waiting = [float(step.queue_most) if _is_noted(step) else None for step in series.steps]
    return Chart(
        id="queue",
        title=_("Waiting requests"),
        most=figures.whole(most) if most else "",
        said=_("at most %(count)s at a time") % {"count": figures.whole(most)},
        lines=[_line(_("Waiting"), "first", waiting, most)],
        bars=[],
    )


def _instances(series: Series) -> Chart:
    running = [step.instances if _is_noted(step) else None for step in series.steps]
    most = max((value for value in running if value is not None), default=0)
    return Chart(
        id="instances",
        title=_("Instances"),
        most=_number(most) if most else "",
        said=_("%(count)s on average") % {"count": _number(series.total.instances)},
        lines=[_line(_("Instances"), "first", running, most)],
        bars=[],
    )


def _cost(series: Series, currency: str) -> Chart:
    most = max(step.cost for step in series.steps)
    costs = [float(step.cost) if _is_noted(step) else None for step in series.steps]
    return Chart(
        id="cost",
        title=_("Cost"),
        most=listing.cost(most, currency) if most else "",
        said=_("%(amount)s in all") % {"amount": listing.cost(series.total.cost, currency)},
        lines=[_line(_("Cost"), "first", costs, float(most))],
        bars=[],
    )


def _bars(steps: Sequence[Step], most: int) -> list[Bar]:
    """Each step's requests, those that failed on top of the others in another colour."""
    wide = WIDTH / len(steps)
    bars = []
    for number, step in enumerate(steps):
        good, bad = _high(step.requests - step.errors, most), _high(step.errors, most)
        for height, below, is_bad in ((good, 0.0, False), (bad, good, True)):
            if height:
                y = HEIGHT - below - height
                bars.append(Bar(number * wide + wide * 0.1, y, wide * 0.8, height, is_bad))
    return bars


def _line(title: str, kind: str, values: Sequence[float | None], most: float) -> Line:
    last = max(1, len(values) - 1)
    runs: list[list[str]] = [[]]
    for number, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(f"{number / last * WIDTH:.1f},{HEIGHT - _high(value, most):.1f}")
    alone = [tuple(run[0].split(",")) for run in runs if len(run) == 1]
    return Line(
        title,
        kind,
        runs=[" ".join(run) for run in runs if len(run) > 1],
        dots=[(x, y) for x, y in alone],
    )


def _high(value: float, most: float) -> float:
    return value / most * (HEIGHT - ROOM) if most else 0.0


def _row(step: Step, currency: str) -> TableRow:
    return TableRow(
        at=step.begins_at,
        requests=figures.whole(step.requests),
        errors=figures.whole(step.errors),
        p50=seconds(step.p50),
        p95=seconds(step.p95),
        queue=figures.whole(step.queue_most),
        instances=_number(step.instances),
        cost=listing.cost(Decimal(step.cost), currency),
    )


def _is_noted(step: Step) -> bool:
    return bool(step.requests or step.instances or step.queue_most or step.cost)


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
