"""manage.py rebuild_index: a new search index beside the one in use, then the swap."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.search import indexing
from catalog.search.errors import Busy, Unavailable


class Command(BaseCommand):
    help = "Builds the search index anew beside the one in use, checks it and swaps."

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        try:
            held = indexing.rebuild(self._report)
        except Busy as error:
            raise CommandError(
                "The index is being rebuilt already; wait until it is done."
            ) from error
        except (indexing.RebuildFailed, Unavailable) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{held} models are indexed ({time.monotonic() - started:.1f} s).")

    def _report(self, done: int, expected: int) -> None:
        self.stdout.write(f"{done} of {expected}")
