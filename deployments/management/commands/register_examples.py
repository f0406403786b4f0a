from typing import Any

from django.core.management.base import BaseCommand

from deployments.bundles import examples


class Command(BaseCommand):
    help = "Register the example bundles as models that run here, and their new versions."

    def handle(self, *args: Any, **options: Any) -> None:
        if new := examples.register():
            self.stdout.write(f"Runnable examples: {', '.join(new)}.")
