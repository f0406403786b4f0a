"""Sessions of before lie readable, under the key that the cookie holds: everybody signs in anew."""

from typing import Any

from django.db import migrations


def end_all(apps: Any, schema_editor: Any) -> None:
    apps.get_model("sessions", "Session").objects.all().delete()
    apps.get_model("usersessions", "UserSession").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_one_name_in_any_case"),
        ("sessions", "0001_initial"),
        ("usersessions", "0001_initial"),
    ]

    operations = [migrations.RunPython(end_all, end_all, elidable=True)]
