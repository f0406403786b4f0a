from datetime import UTC, datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog import starter
from catalog.models import AIModel, ImportRun
from catalog.sources import ingest, telling
from catalog.sources.ingest import Order
from catalog.sources.reading import Unreadable


class Command(BaseCommand):
    help = (
        "Fill an empty catalog with the real models that come with Slipway (facts only, their "
        "origins are on the home page). A catalog that holds models is left as it is."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--force", action="store_true", help="import them into a catalog that is not empty too"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["force"] and AIModel.objects.exists() and not _is_unfinished():
            return
        for file in starter.files():
            order = Order(
                source=file.source,
                location=str(file.path),
                stats=file.stats,
                # The facts' own date: a clone's files are as old as the clone.
                read_at=datetime.combine(file.date, time(), UTC),
            )
            try:
                with telling.told(self.stderr) as report:
                    outcome = ingest.carry_out(order, report)
            except Unreadable as unreadable:
                raise CommandError(f"{unreadable} Fetch the repository anew.") from unreadable
            counts = outcome.counts
            self.stdout.write(f"{file.path.name}: {counts.created + counts.changed:,} models.")


def _is_unfinished() -> bool:
    """Whether an earlier start was stopped while it filled the catalog."""
    paths = [str(file.path) for file in starter.files()]
    runs = ImportRun.objects.filter(location__in=paths)
    finished = set(runs.exclude(finished_at=None).values_list("location", flat=True))
    return runs.exists() and finished != set(paths)
