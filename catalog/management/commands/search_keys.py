"""manage.py search_keys: three keys for Meilisearch, each with the least rights that will do."""

import getpass
import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from catalog.search.errors import Cause, Unavailable
from catalog.search.meilisearch import keys


class Command(BaseCommand):
    help = (
        "Makes the keys with which Slipway searches, writes and watches, and prints what to set. "
        "The master key is read from MEILI_MASTER_KEY, or asked for; it is kept nowhere."
    )
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.SEARCH_URL:
            raise CommandError("Set SEARCH_URL to where Meilisearch runs.")
        try:
            made = keys.make(self._master_key())
        except Unavailable as error:
            if error.cause is Cause.KEY:
                raise CommandError(
                    f"{error} Give the master key that it was started with."
                ) from error
            raise CommandError(str(error)) from error
        for name, value in made.items():
            self.stdout.write(f"{name}={value}")

    def _master_key(self) -> str:
        return os.environ.get("MEILI_MASTER_KEY") or getpass.getpass("Meilisearch's master key: ")
