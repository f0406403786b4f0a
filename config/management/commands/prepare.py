"""Brings database, starter content, index and static files up to date; quick when they are."""

import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from catalog import statistics
from catalog.search.engines import engine
from catalog.search.errors import Unavailable
from config import static
from config.trouble import check_postgresql, told_in_a_sentence
from deployments import hardware
from launch.refusal import Refused, is_about_space


class Command(BaseCommand):
    help = __doc__ or ""
    requires_system_checks = ()  # which load all pages; manage.py check asks for them

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with told_in_a_sentence():
                self._prepare()
        except Refused as sentence:
            sys.exit(str(sentence))

    def _prepare(self) -> None:
        self._migrate()
        with ThreadPoolExecutor(max_workers=1) as beside:
            collecting = beside.submit(static.collect)  # compresses, without the database
            call_command("load_starter", stdout=self.stdout, stderr=self.stderr)
            call_command("register_examples", stdout=self.stdout)
            self._index()
            call_command("first_administrator", stdout=self.stdout)
            self._keep_to_currency()
            hardware.ensure()
            if collecting.result():
                self.stdout.write("Collected the static files.")

    def _migrate(self) -> None:
        if settings.DATABASE_URL:
            check_postgresql()
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            self.stdout.write(f"Preparing the database ({len(plan)} migrations) ...")
            call_command("migrate", interactive=False, verbosity=0)
            statistics.refresh()  # a new index is not known to the planner before
        if not settings.CACHE_URL:
            call_command("createcachetable", verbosity=0)

    def _keep_to_currency(self) -> None:
        try:
            hardware.keep_to_currency()
        except hardware.OtherCurrency as error:
            raise Refused(str(error)) from error

    def _index(self) -> None:
        """Only when there is none: the worker keeps one that exists in step."""
        with suppress(Unavailable):
            if engine().current().is_up_to_date:
                return
        self.stdout.write("Indexing the catalog ...")
        try:
            call_command("rebuild_index", stdout=self.stdout)
        except CommandError as error:
            if is_about_space(str(error)):
                raise
            self.stdout.write(f"{error} Until there is an index, the database answers searches.")
