from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from catalog.models import ImportRun, Source
from catalog.sources import ingest, jsonl, reading, vocabularies


class Command(BaseCommand):
    help = "Read models from an outside catalog."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source")
        parser.add_argument("location")

    def handle(self, *args: Any, **options: Any) -> None:
        vocabularies.load()
        source = reading.Input(options["location"])
        run = ImportRun.objects.create(
            source="huggingface", location=options["location"], fingerprint=source.fingerprint
        )
        one = ingest.Import(
            run, jsonl.normalise, Source.HUGGINGFACE, datetime.fromtimestamp(source.newest, UTC)
        )
        one.take(source.records())
        run.finished_at = timezone.now()
        run.save()
        self.stdout.write(str(one.counts))
