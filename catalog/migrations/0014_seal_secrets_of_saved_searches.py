"""Seals the secrets that receivers hold, so that another SECRET_KEY changes none of them any more.

Processes of 0.1 may run meanwhile: what they make has no sealed secret, and is read as before.
"""

from typing import Any

from django.db import migrations

from config import sealing, webhooks

READ = ("pk", "webhook_nonce", "former_webhook_nonce")


def seal(apps: Any, schema_editor: Any) -> None:
    searches = apps.get_model("catalog", "SavedSearch").objects
    unsealed = searches.filter(webhook_secret="").order_by("pk")
    for pk, nonce, former in unsealed.values_list(*READ).iterator():
        searches.filter(pk=pk, webhook_nonce=nonce).update(
            webhook_secret=_sealed(pk, nonce),
            former_webhook_secret=_sealed(pk, former) if former else "",
        )


def _sealed(saved_search: int, nonce: str) -> str:
    return sealing.seal(webhooks.derived(f"saved search webhook {saved_search}", nonce))


class Migration(migrations.Migration):
    dependencies = [("catalog", "0013_sealed_secrets_of_saved_searches")]

    operations = [migrations.RunPython(seal, migrations.RunPython.noop)]
