"""Takes all second factors and recovery codes from an account, whose owner lost them."""

from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from accounts import second_factor
from accounts.models import User


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        user = User.objects.people().filter(username=username).first()
        if user is None:
            raise CommandError(f"Nobody here is called {username}.")
        if not second_factor.forget(user):
            raise CommandError(f"{username} has no second factor; the password is enough.")
        self.stdout.write(f"{username} comes in with the password alone, and can set up another.")
