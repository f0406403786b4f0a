"""Fills the catalog with made-up models, marked as samples, or takes them away."""

import time
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog import samples, statistics

SECONDS_A_LINE = 2


class Command(BaseCommand):
    help = (
        "Make made-up but lifelike models, marked as samples, for measuring scale. "
        "The same seed makes the same models; a larger number adds the rest."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--models", type=int, help="How many samples there shall be in all.")
        parser.add_argument("--seed", type=int, default=1, help="Another seed, other models.")
        parser.add_argument("--remove", action="store_true", help="Take all samples away.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["remove"]:
            self._follow(samples.remove(), "samples taken away")
        elif options["models"] is None or options["models"] < 0:
            raise CommandError(
                "--models is how many samples there shall be, as in --models 50000; "
                "--remove takes all of them away."
            )
        else:
            self._add(options["models"], seed=options["seed"])

    def _add(self, total: int, *, seed: int) -> None:
        try:
            self._follow(samples.add(total, seed=seed), f"of {total:,} samples in the catalog")
        except samples.OtherSeed as error:
            raise CommandError(
                f"The catalog holds samples made by {error}; take them away first with "
                "sample_catalog --remove, or use that seed."
            ) from error

    def _follow(self, counts: Iterator[int], words: str) -> None:
        started = told = time.monotonic()
        count = 0
        for count in counts:
            if time.monotonic() - told > SECONDS_A_LINE:
                told = time.monotonic()
                self.stdout.write(f"{count:,} {words}, {told - started:.0f} s")
        statistics.refresh()
        self.stdout.write(f"{count:,} {words}, {time.monotonic() - started:.1f} s, done")
