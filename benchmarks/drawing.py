"""The picture of the README: how long a search takes, drawn from the results as SVG by hand.

python benchmarks/drawing.py
"""

import math
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

import asking
import reports

FILE = Path(__file__).parent / "results" / "search.svg"
WORDS, FILTERED, BROWSED = asking.WORDS.name, asking.FILTERED.name, asking.BROWSED.name
PANELS = (
    (WORDS, "Words alone", "MLflow looks at names only"),
    (
        FILTERED,
        "Words, a task, and how many models there are by four facets",
        "MLflow: not counted",
    ),
    (BROWSED, "All models of a task, and how many by four facets", "MLflow: not counted"),
)
WIDTH, LEFT, RIGHT, LINE = 860, 210, 130, 24
HEADER, PANEL_HEADER, FOOTER = 76, 64, 58
LEAST, MOST = 1, 10_000  # milliseconds
TICKS = (1, 10, 100, 1000, 10_000)
RADII = (3, 4.5, 6)

STYLE = """
text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328; }
.title { font-size: 17px; font-weight: 600; }
.panel { font-weight: 600; }
.quiet, .tick { fill: #59636e; font-size: 12px; }
.back { fill: #ffffff; }
.grid { stroke: #d8dee4; }
.span { stroke-width: 3; stroke-linecap: round; opacity: .45; }
.ours { stroke: #c2330d; fill: #c2330d; }
.bare { stroke: #6e7781; fill: #6e7781; }
.others { stroke: #0969da; fill: #0969da; }
.value { font-size: 12px; stroke: none; }
text.ours, text.bare, text.others { stroke: none; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .quiet, .tick { fill: #9198a1; }
  .back { fill: #0d1117; }
  .grid { stroke: #30363d; }
  .ours { stroke: #ff7a50; fill: #ff7a50; }
  .bare { stroke: #9198a1; fill: #9198a1; }
  .others { stroke: #58a6ff; fill: #58a6ff; }
}
"""


class Line(NamedTuple):
    """One who was asked, and the milliseconds at p50 for each number of models."""

    who: str
    look: str
    times: dict[int, float]


def write() -> None:
    results = reports.kept()
    if not results:
        return
    panels = [(title, note, lines(results, kind)) for kind, title, note in PANELS]
    FILE.write_text(_picture(results, panels))


def lines(results: dict[int, dict[str, Any]], kind: str) -> list[Line]:
    """Of one client: ours and its engine for each engine, then the others, who have no engine."""
    found: dict[str, Line] = {}
    for models, engines in results.items():
        for engine, measured in sorted(engines.items()):
            for row in measured["rows"]:
                if row["kind"] == kind and row["clients"] == 1:
                    who, look = _named(row["who"], engine, measured)
                    found.setdefault(who, Line(who, look, {})).times.setdefault(models, row["p50"])
    order = {"bare": 0, "ours": 0, "others": 1}
    return sorted(found.values(), key=lambda line: (order[line.look], *_engine_of(line.who)))


def _named(who: str, engine: str, measured: dict[str, Any]) -> tuple[str, str]:
    name = "Meilisearch" if engine == "meilisearch" else "Tantivy"
    if who in measured["peers"]:
        return who, "others"
    if who == "bare engine":
        return f"{name} alone", "bare"
    return f"{who}, {name}", "ours"


def _engine_of(who: str) -> tuple[int, int]:
    ranks = ("alone", "API", "page")
    rank = next((at for at, word in enumerate(ranks) if word in who), 3)
    return ("Meilisearch" in who, rank)


def _picture(results: dict[int, dict[str, Any]], panels: list[tuple[str, str, list[Line]]]) -> str:
    height = HEADER + FOOTER + sum(PANEL_HEADER + LINE * len(each) for *_, each in panels)
    parts = [*_heading(list(results))]
    top = HEADER
    for title, note, each in panels:
        parts += _panel(top, title, note, each)
        top += PANEL_HEADER + LINE * len(each)
    parts += _footing(results, top)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-labelledby="title"><style>{STYLE}</style>'
        f'<rect class="back" width="{WIDTH}" height="{height}" rx="8"/>{"".join(parts)}</svg>\n'
    )


def _heading(sizes: list[int]) -> Iterator[str]:
    counts = " · ".join(f"{size:,}" for size in sizes)
    what = "Milliseconds at the median, one client; each line is ten times the one before."
    yield _text(24, 34, "How long a search takes", "title", id="title")
    yield _text(24, 55, what, "quiet")
    yield _text(24, 72, f"From the small dot to the large one: {counts} models.", "quiet")


def _panel(top: int, title: str, note: str, each: list[Line]) -> Iterator[str]:
    yield _text(24, top + 32, title, "panel")
    yield _text(WIDTH - 24, top + 32, note, "quiet", anchor="end")
    bottom = top + PANEL_HEADER + LINE * len(each) - 6
    for tick in TICKS:
        yield f'<path class="grid" d="M{_x(tick):.0f} {top + 58}V{bottom}"/>'
        yield _text(_x(tick), top + 52, f"{tick:,} ms", "tick", anchor="middle")
    for number, line in enumerate(each):
        yield from _dots(top + PANEL_HEADER + LINE * number + 8, line)


def _dots(y: int, line: Line) -> Iterator[str]:
    yield _text(LEFT - 16, y + 5, line.who, line.look, anchor="end")
    places = [_x(time) for time in line.times.values()]
    yield f'<path class="span {line.look}" d="M{min(places):.1f} {y}H{max(places):.1f}"/>'
    for radius, place in zip(RADII, places, strict=False):
        yield f'<circle class="{line.look}" cx="{place:.1f}" cy="{y}" r="{radius}"/>'
    values = " · ".join(_short(time) for time in line.times.values())
    yield _text(max(places) + 12, y + 4, values, "value")


def _footing(results: dict[int, dict[str, Any]], top: int) -> Iterator[str]:
    measured = [each for engines in results.values() for each in engines.values()]
    newest = max(measured, key=lambda each: str(each["measured_at"]))
    busy = max(load for each in measured for load in each["load"])
    said = f"{newest['machine']}, load up to {busy:.0f}, {newest['measured_at']}"
    yield _text(24, top + 24, f"{said}; all figures in benchmarks/results.", "quiet")
    alone = "Alone: the bare engine asked plainly, Tantivy in process, Meilisearch over HTTP."
    yield _text(24, top + 41, alone, "quiet")


def _text(x: float, y: float, said: str, look: str, *, anchor: str = "", id: str = "") -> str:
    more = f' text-anchor="{anchor}"' if anchor else ""
    more += f' id="{id}"' if id else ""
    return f'<text class="{look}" x="{x:.0f}" y="{y}"{more}>{escape(said)}</text>'


def _x(milliseconds: float) -> float:
    share = math.log(max(milliseconds, LEAST) / LEAST) / math.log(MOST / LEAST)
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def _short(milliseconds: float) -> str:
    return f"{milliseconds:.1f}" if milliseconds < 10 else f"{milliseconds:,.0f}"


if __name__ == "__main__":
    write()
