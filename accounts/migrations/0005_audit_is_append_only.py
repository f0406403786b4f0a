"""The database itself refuses to change or delete what the audit log holds."""

from django.db import migrations

TABLE = "accounts_auditevent"
SENTENCE = "The audit log is append-only."

FOR_SQLITE = [
    f"CREATE TRIGGER audit_never_{verb.lower()}d BEFORE {verb} ON {TABLE} "
    f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
    for verb in ("UPDATE", "DELETE")
]
FOR_POSTGRESQL = [
    f"CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{SENTENCE}'; END $$",
    f"CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE ON {TABLE} "
    f"FOR EACH ROW EXECUTE FUNCTION audit_is_append_only()",
]
BACK_ON_SQLITE = [f"DROP TRIGGER audit_never_{verb}d" for verb in ("update", "delete")]
BACK_ON_POSTGRESQL = [
    f"DROP TRIGGER audit_is_append_only ON {TABLE}",
    "DROP FUNCTION audit_is_append_only()",
]


def guard(apps, schema_editor):
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for statement in FOR_SQLITE if is_sqlite else FOR_POSTGRESQL:
        schema_editor.execute(statement)


def unguard(apps, schema_editor):
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for statement in BACK_ON_SQLITE if is_sqlite else BACK_ON_POSTGRESQL:
        schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_audit'),
    ]

    operations = [migrations.RunPython(guard, unguard)]
