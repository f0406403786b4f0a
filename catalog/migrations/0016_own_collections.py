"""Collections get an owner and a visibility.

is_public goes from our tables of Django alone: its column stays for processes of 0.1 that still
run beside this release, and is false for all that is new, so that those never show it.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def keep_what_was_private(apps, schema_editor):
    collections = apps.get_model("catalog", "Collection").objects
    collections.filter(is_public=False).update(visibility="private")


class Migration(migrations.Migration):

    dependencies = [
        ("catalog", "0015_likes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="collection",
            name="visibility",
            field=models.CharField(choices=[("public", "Public: everybody finds it"), ("unlisted", "Unlisted: whoever has its address sees it"), ("private", "Private: only its owner sees it")], db_default="public", default="public", max_length=8),
        ),
        migrations.AddField(
            model_name="collection",
            name="owner",
            field=models.ForeignKey(blank=True, db_index=False, help_text="Whose it is; empty: the curators'.", null=True, on_delete=django.db.models.deletion.CASCADE, related_name="collections", to=settings.AUTH_USER_MODEL),
        ),
        migrations.RunPython(keep_what_was_private, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="collection",
            name="slug",
            field=models.SlugField(db_index=False, max_length=100),
        ),
        migrations.AlterField(
            model_name="collection",
            name="is_public",
            field=models.BooleanField(db_default=False, default=True),
        ),
        migrations.AddIndex(
            model_name="collection",
            index=models.Index(fields=["visibility", "-updated_at"], name="collection_by_change"),
        ),
        migrations.AddConstraint(
            model_name="collection",
            constraint=models.CheckConstraint(condition=models.Q(("visibility__in", ["public", "unlisted", "private"])), name="collection_visibility_known"),
        ),
        migrations.AddConstraint(
            model_name="collection",
            constraint=models.UniqueConstraint(condition=models.Q(("owner", None)), fields=("slug",), name="curated_collection_once_per_slug", violation_error_message="There is a curated collection of this slug already."),
        ),
        migrations.AddConstraint(
            model_name="collection",
            constraint=models.UniqueConstraint(fields=("owner", "slug"), name="collection_once_per_slug"),
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveField(model_name="collection", name="is_public")]
        ),
    ]
