"""Seals the secrets that receivers hold, so that another SECRET_KEY changes none of them any more.

Processes of 0.1 may run meanwhile: what they make has no sealed secret, and is read as before.
"""

from typing import Any

from django.db import migrations

from config import sealing, webhooks


def seal(apps: Any, schema_editor: Any) -> None:
    keys = apps.get_model("deployments", "WebhookKey").objects
    for key in keys.filter(secret="").iterator():
        keys.filter(pk=key.pk, nonce=key.nonce).update(
            secret=_sealed(key.pk, key.nonce),
            former_secret=_sealed(key.pk, key.former_nonce) if key.former_nonce else "",
        )


def _sealed(owner: int, nonce: str) -> str:
    return sealing.seal(webhooks.derived(f"webhooks of {owner}", nonce))


class Migration(migrations.Migration):
    dependencies = [("deployments", "0006_sealed_secrets_of_webhooks")]

    operations = [migrations.RunPython(seal, migrations.RunPython.noop)]
