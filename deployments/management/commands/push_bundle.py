import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from deployments.bundles import pushing
from deployments.bundles.errors import BadBundle
from deployments.bundles.reading import SCHEMA


class Command(BaseCommand):
    help = (
        "Make a version that runs here of a bundle: a folder with cog.yaml and a predictor. "
        "Its environment is built first, which takes as long as its packages take to install."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="the bundle's folder")
        parser.add_argument("name", metavar="OWNER/NAME", help="the model that it is a version of")
        parser.add_argument(
            "--unbuilt",
            action="store_true",
            help="build its environment on first use; the bundle must bring its schema",
        )

        parser.add_argument(
            "--write-schema",
            action="store_true",
            help=f"write {SCHEMA} into the bundle, so that it can be pushed unbuilt",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        owner, _, name = options["name"].partition("/")
        push = pushing.push_unbuilt if options["unbuilt"] else pushing.push
        try:
            version = push(options["path"], owner, name)
        except BadBundle as bad:
            raise CommandError(f"{options['path']}: {bad}") from bad
        if options["write_schema"]:
            path = options["path"] / SCHEMA
            path.parent.mkdir(exist_ok=True)
            text = json.dumps(version.openapi_schema, indent=1, ensure_ascii=False)
            path.write_text(f"{text}\n", encoding="utf-8")
        self.stdout.write(f"{owner}/{name}:{version.version_id}")
