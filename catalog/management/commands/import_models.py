import sys
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.sources import ingest, telling
from catalog.sources.ingest import Order, Outcome
from catalog.sources.reading import Unreadable

EXAMPLES = """
sources:
  huggingface  the Hub: a page of its API, lines of it, or the live API by its address
  replicate    Replicate: npm's models.json, a page of its API, or the live API
  workers-ai   Cloudflare Workers AI: its JSON files, one a model
  jsonl        normalised lines with the Hub's ids (docs/importing.md lists the keys)

examples:
  manage.py import_models jsonl hub.jsonl.gz --cards cards.jsonl.gz
  manage.py import_models huggingface "https://huggingface.co/api/models?sort=downloads&full=true"
  manage.py import_models replicate models.json.gz --stats stats.json.gz
  manage.py import_models workers-ai folder/
  zcat lines.gz | manage.py import_models jsonl -

The same input again changes nothing. An import that was stopped carries on when it is run again.
"""


class Command(BaseCommand):
    help = "Bring models from an outside catalog into this one, or bring them up to date."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, epilog=EXAMPLES, **kwargs)
        parser.formatter_class = RawDescriptionHelpFormatter
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", choices=sorted(ingest.KINDS), help="whose records these are")
        parser.add_argument(
            "location",
            metavar="PATH_OR_URL",
            help="a file (plain, .gz or .zip), a folder, an address, or - for standard input",
        )
        parser.add_argument(
            "--cards", type=Path, metavar="FILE", help="card texts by id, as JSON lines"
        )
        parser.add_argument(
            "--stats",
            type=Path,
            metavar="FILE",
            help="daily run counts of replicate; found by itself as stats.json in a folder",
        )
        parser.add_argument("--limit", type=int, metavar="N", help="take at most N records")
        parser.add_argument(
            "--read-at",
            type=_date,
            metavar="DATE",
            help="when the source said so, as 2026-10-31; default: the file's own date",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        order = Order(
            source=options["source"],
            location=options["location"],
            cards=options["cards"],
            stats=options["stats"],
            limit=options["limit"],
            read_at=options["read_at"],
        )
        started = time.monotonic()
        try:
            with telling.told(self.stderr) as report:
                outcome = ingest.carry_out(order, report)
        except Unreadable as unreadable:
            raise CommandError(f"{unreadable} {unreadable.advice}") from unreadable
        except KeyboardInterrupt:
            self.stderr.write(
                "Stopped. What was read so far is in the catalog; "
                "the same command carries on from there."
            )
            sys.exit(130)
        self._tell(outcome, time.monotonic() - started)

    def _tell(self, outcome: Outcome, seconds: float) -> None:
        counts = outcome.counts
        if outcome.carried_on_from:
            self.stdout.write(
                f"Carried on after {outcome.carried_on_from:,} records of an earlier run."
            )
        days = f" {outcome.daily_runs:,} daily counts." if outcome.daily_runs else ""
        self.stdout.write(
            f"{counts.created:,} created, {counts.changed:,} changed, "
            f"{counts.unchanged:,} unchanged, {counts.rejected:,} rejected "
            f"in {seconds:.1f} seconds.{days}"
        )
        if counts.rejected:
            self.stdout.write("The admin lists each rejected record with its reason.")


def _date(text: str) -> datetime:
    """Raises ValueError, which argparse turns into a message that names the option."""
    parsed = datetime.fromisoformat(text)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
