"""manage.py check_index: does the search index hold what the database does?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.search import indexing
from catalog.search.errors import Busy, Unavailable


class Command(BaseCommand):
    help = "Compares the search index with the database and repairs what differs."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            drift = indexing.check()
        except Unavailable as error:
            raise CommandError(f"{error} Run manage.py rebuild_index.") from error
        except Busy as error:
            raise CommandError("Another process is writing to the index; try again.") from error
        self.stdout.write(
            f"{drift.missing} missing, {drift.outdated} outdated and {drift.extra} extra "
            f"models were found and repaired."
            if drift.total
            else "The index holds what the database does."
        )
