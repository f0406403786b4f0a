"""Makes an administrator with a random password, shown once, when there is none yet."""

import secrets
from typing import Any

from django.core.management import BaseCommand

from accounts.models import User


class Command(BaseCommand):
    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.filter(is_superuser=True).exists():
            return
        if User.objects.filter(username="admin").exists():
            self.stdout.write("There is no administrator: make one with manage.py createsuperuser.")
            return
        password = secrets.token_urlsafe(12)
        User.objects.create_superuser("admin", password=password)
        self.stdout.write(
            f"The first administrator is admin with the password {password} "
            "(shown only now; sign in at /admin/, which first has you set up a second factor)."
        )
