"""Makes a token for a program, and prints it as the last line. It cannot be shown again."""

from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from accounts import tokens
from accounts.models import User
from accounts.scopes import Scope


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", required=True, help="Whose it is, by username.")
        parser.add_argument(
            "--scope",
            action="append",
            required=True,
            choices=Scope.values,
            help="What it may do; can be given several times.",
        )
        parser.add_argument("--name", default="made by make_token", help="To know it by.")
        parser.add_argument(
            "--days",
            type=int,
            default=tokens.DAYS,
            help=f"Until it expires, at most {tokens.MOST_DAYS}; 0: never.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["user"], is_active=True).first()
        if user is None:
            raise CommandError(
                f"There is no active user {options['user']}; "
                "make one with manage.py createsuperuser or in the admin."
            )
        if not 0 <= options["days"] <= tokens.MOST_DAYS:
            raise CommandError(f"--days must be from 0 to {tokens.MOST_DAYS}.")
        try:
            token, text = tokens.make(
                user,
                name=options["name"][:80],
                scopes=sorted(set(options["scope"])),
                days=options["days"] or None,
            )
        except tokens.TooMany as error:
            raise CommandError(
                f"{user} has {tokens.MOST_PER_PERSON} tokens already; revoke one first."
            ) from error
        until = f"until {token.expires_at:%Y-%m-%d}" if token.expires_at else "until it is revoked"
        self.stdout.write(f"A token of {user} for {', '.join(token.scopes)}, {until}:")
        self.stdout.write(text)
