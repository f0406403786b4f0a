"""Brings database, starter content, index and static files up to date; quick when they are."""

import sys
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, call_command, get_commands
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from config import static
from config.trouble import check_postgresql, told_in_a_sentence
from launch.refusal import Refused

# Each says itself what it does, and does nothing when there is nothing to do.
OF_THE_APPS = ("load_starter", "ensure_index", "first_administrator")


class Command(BaseCommand):
    help = __doc__ or ""
    requires_system_checks = ()  # the web process runs them

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with told_in_a_sentence():
                self._prepare()
        except Refused as sentence:
            sys.exit(str(sentence))

    def _prepare(self) -> None:
        self._migrate()
        self._collect_static()
        for name in OF_THE_APPS:
            if name in get_commands():
                call_command(name, stdout=self.stdout)

    def _migrate(self) -> None:
        if settings.DATABASE_URL:
            check_postgresql()
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            self.stdout.write(f"Preparing the database ({len(plan)} migrations) ...")
            call_command("migrate", interactive=False, verbosity=0)
        if not settings.CACHE_URL:
            call_command("createcachetable", verbosity=0)

    def _collect_static(self) -> None:
        if static.collect():
            self.stdout.write("Collected the static files.")
