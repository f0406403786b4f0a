"""Tells how an import is getting on: a bar on a terminal, a line every few seconds elsewhere."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from .ingest import Report, Stage

SECONDS_BETWEEN_LINES = 5.0


@contextmanager
def told(stream: Any) -> Iterator[Report]:
    """What to call with each Stage for as long as the import runs."""
    if not stream.isatty():
        yield Lines(stream)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(file=stream), transient=True) as progress:
        yield Bar(progress)


class Bar:
    """One bar for each stage, by the bytes of the input that are read."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}
        self._started = time.monotonic()

    def __call__(self, stage: Stage) -> None:
        if stage.name not in self._tasks:
            total = stage.size or None
            self._tasks[stage.name] = self._progress.add_task(stage.name, total=total, rate="")
        seconds = max(time.monotonic() - self._started, 0.001)
        self._progress.update(
            self._tasks[stage.name],
            completed=stage.done,
            rate=f"{stage.counts.total:,} records, {stage.counts.total / seconds:,.0f}/s",
        )


class Lines:
    """A plain line when a stage begins and every few seconds."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._started = time.monotonic()
        self._last = self._started
        self._stage = "models"

    def __call__(self, stage: Stage) -> None:
        now = time.monotonic()
        if stage.name == self._stage and now - self._last < SECONDS_BETWEEN_LINES:
            return
        self._stage, self._last = stage.name, now
        seconds = max(now - self._started, 0.001)
        share = f", {100 * stage.done / stage.size:.0f} %" if stage.size else ""
        rate = f"{stage.counts.total:,} records, {stage.counts.total / seconds:,.0f} a second"
        self._stream.write(f"{stage.name}{share}: {rate}\n")
        self._stream.flush()
