from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0004_no_index_twice")]

    operations = [
        migrations.AddField(
            "aimodel",
            "aliases",
            models.JSONField(
                blank=True, db_default=[], default=list, help_text="What else people call it."
            ),
        ),
    ]
