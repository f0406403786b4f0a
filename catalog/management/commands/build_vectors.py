"""manage.py build_vectors: learns the embedder when that is due, and makes missing vectors."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from catalog.search.errors import Busy
from catalog.search.vectors import building, choice
from catalog.search.vectors.interface import Unavailable
from catalog.search.vectors.training import train


class Command(BaseCommand):
    help = "Makes the vectors for search by meaning that are missing. Safe to stop and to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        if choice.is_off():
            raise CommandError("SEARCH_EMBEDDER is off; set it to learned, or to an address.")
        started = time.monotonic()
        try:
            done = self._build()
        except (Busy, Unavailable) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{done:,} models were read ({time.monotonic() - started:.1f} s).")

    def _build(self) -> int:
        columns = (TextColumn("vectors"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        console = Console(file=self.stderr)  # type: ignore[arg-type] # it writes as files do
        is_seen = self.stderr.isatty()
        with Progress(*columns, console=console, transient=True, disable=not is_seen) as progress:
            bar = progress.add_task("vectors", total=None)

            def report(done: int, expected: int) -> None:
                progress.update(bar, completed=done, total=expected)

            return building.build(train, report)
