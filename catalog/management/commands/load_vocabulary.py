from typing import Any

from django.core.management.base import BaseCommand

from catalog.sources import vocabularies


class Command(BaseCommand):
    help = (
        "Bring the tasks, libraries and licenses that Slipway knows into the database. "
        "Running it again is harmless; every import does it first."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        count = vocabularies.load()
        self.stdout.write(f"{count} tasks, libraries and licenses are in the catalog.")
