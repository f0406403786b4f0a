from django.db import migrations, models

from deployments.models.hardware import own_currency

FIELD = models.CharField(default=own_currency, max_length=3)


class Migration(migrations.Migration):
    """The default is Python's alone, so no table is touched."""

    dependencies = [("deployments", "0011_budgets")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(model_name=name, name="currency", field=FIELD)
                for name in ("hardware", "prediction")
            ]
        )
    ]
