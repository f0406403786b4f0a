"""How often a model ran each day at its source, as a drawing with a table behind it."""

from dataclasses import dataclass

from catalog.models import AIModel, DailyRuns

from . import figures

DAYS = 90
WIDTH, HEIGHT = 720, 120  # user units of the drawing; it scales with the page


@dataclass(frozen=True, slots=True)
class Day:
    date: str
    runs: str
    total: str


@dataclass(frozen=True, slots=True)
class Runs:
    line: str  # points of a polyline
    area: str  # points of the polygon under it
    width: int
    height: int
    most: str
    first_day: str
    last_day: str
    in_all: str
    days: list[Day]  # newest first


def of(ai_model: AIModel) -> Runs | None:
    """The last days that are known; None when there are fewer than two."""
    counted = list(ai_model.daily_runs.order_by("-date")[:DAYS])[::-1]
    if len(counted) < 2:
        return None
    most = max(day.runs for day in counted)
    line = " ".join(_points(counted, most or 1))
    return Runs(
        line=line,
        area=f"0,{HEIGHT} {line} {WIDTH},{HEIGHT}",
        width=WIDTH,
        height=HEIGHT,
        most=figures.whole(most),
        first_day=figures.date(counted[0].date),
        last_day=figures.date(counted[-1].date),
        in_all=figures.whole(sum(day.runs for day in counted)),
        days=[_day(day) for day in reversed(counted)],
    )


def _points(counted: list[DailyRuns], most: int) -> list[str]:
    """Across by date, so that a missing day is a longer way; a little room above the highest."""
    first, last = counted[0].date, counted[-1].date
    span = (last - first).days
    return [
        f"{(day.date - first).days / span * WIDTH:.1f},"
        f"{HEIGHT - day.runs / most * (HEIGHT - 6):.1f}"
        for day in counted
    ]


def _day(day: DailyRuns) -> Day:
    return Day(figures.date(day.date), figures.whole(day.runs), figures.whole(day.total))
