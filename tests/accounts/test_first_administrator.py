"""The administrator that `make run` makes on its first start."""

import io

import pytest
from django.core.management import call_command

from accounts.models import User

pytestmark = pytest.mark.django_db


def test_an_administrator_is_made_with_the_password_that_is_shown() -> None:
    shown = io.StringIO()

    call_command("first_administrator", stdout=shown)

    password = shown.getvalue().partition("password ")[2].split()[0]
    admin = User.objects.get(username="admin")
    assert admin.is_superuser
    assert admin.check_password(password)


def test_nothing_is_made_or_shown_when_there_is_an_administrator() -> None:
    User.objects.create_superuser("grace", password="a long enough password")
    shown = io.StringIO()

    call_command("first_administrator", stdout=shown)

    assert User.objects.get().username == "grace"
    assert shown.getvalue() == ""


def test_somebody_named_admin_does_not_become_administrator() -> None:
    User.objects.create_user("admin", password="a long enough password")
    shown = io.StringIO()

    call_command("first_administrator", stdout=shown)

    assert not User.objects.get().is_superuser
    assert "createsuperuser" in shown.getvalue()
