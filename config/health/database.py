"""The database: whether it answers, and whether its tables are those that the code expects."""

from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .parts import Check, Part, State, down

NAME = "database"
CONNECT_SECONDS = 2


def check() -> Part:
    try:
        probe()
    except DatabaseError as error:
        return down(
            NAME,
            _("The database cannot be reached."),
            _("Start it, or set DATABASE_URL to where it runs."),
            error=str(error),
        )
    return Part(name=NAME, state=State.OK, sentence=_("It answers."), facts=_facts())


def check_migrations() -> Part:
    missing = missing_migrations()
    if missing:
        return down(
            "migrations",
            ngettext(
                "%(count)s migration is not applied.",
                "%(count)s migrations are not applied.",
                len(missing),
            )
            % {"count": len(missing)},
            _("Run manage.py migrate."),
            missing=missing,
        )
    return Part(name="migrations", state=State.OK, sentence=_("All are applied."))


def needed_by(name: str, check: Check) -> Check:
    """The same check, which says at once why it cannot be made while the database is down."""

    def check_with_database() -> Part:
        try:
            probe()
        except DatabaseError as error:
            sentence = _("Nobody knows: the database cannot be reached.")
            return down(name, sentence, _("See what stands at the database."), error=str(error))
        return check()

    return check_with_database


def probe() -> None:
    """Raise DatabaseError unless the database takes a connection.

    PostgreSQL is asked past the pool, which would wait ten seconds for a server that is gone.
    """
    if connection.vendor != "postgresql":
        connection.ensure_connection()
        return
    import psycopg  # noqa: PLC0415 - 9 MB that SQLite has no use for

    with connection.wrap_database_errors:
        parameters = {**connection.get_connection_params(), "connect_timeout": CONNECT_SECONDS}
        psycopg.connect(**parameters).close()


def missing_migrations() -> list[str]:
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in _known_migrations() - applied.keys())


@cache
def _known_migrations() -> frozenset[tuple[str, str]]:
    """Those on disk; they change only with the code, that is with a restart."""
    return frozenset(MigrationLoader(None).disk_migrations or ())


def _facts() -> dict[str, object]:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('server_version'), pg_database_size(current_database())"
            )
            version, size = cursor.fetchone()
        return {"kind": "PostgreSQL", "version": version, "size": filesizeformat(size)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT sqlite_version()")
        (version,) = cursor.fetchone()
    path = Path(str(settings.DATABASES["default"]["NAME"]))
    size = path.stat().st_size if path.is_file() else 0
    return {"kind": "SQLite", "version": version, "size": filesizeformat(size)}
