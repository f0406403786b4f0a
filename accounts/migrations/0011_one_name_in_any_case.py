"""A name that differs in case only would stand in the same addresses."""

from typing import Any

from django.db import migrations, models
from django.db.models import Count
from django.db.models.functions import Lower


def say_which_are_the_same(apps: Any, schema_editor: Any) -> None:
    users = apps.get_model("accounts", "User").objects
    twins = users.values(name=Lower("username")).annotate(count=Count("pk")).filter(count__gt=1)
    names = users.annotate(name=Lower("username")).filter(name__in=[one["name"] for one in twins])
    if found := sorted(names.values_list("username", flat=True)):
        raise ValueError(
            f"These usernames differ in case only: {', '.join(found)}. Rename all but one of each "
            "in the admin of the version before, then start this one again."
        )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_budgets")]

    operations = [
        migrations.RunPython(say_which_are_the_same, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                Lower("username"),
                name="username_unique_in_any_case",
                violation_error_message="This name is taken. Choose another one.",
            ),
        ),
    ]
