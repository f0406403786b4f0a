"""Turns what goes wrong while Slipway sets itself up into a sentence that says what to do."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError
from django.db import DatabaseError

from launch import refusal
from launch.refusal import Refused


@contextmanager
def told_in_a_sentence() -> Iterator[None]:
    """Raises Refused for a full disk and for a database that cannot be used."""
    try:
        yield
    except OSError as error:
        if error.errno not in refusal.NO_SPACE:
            raise
        raise refusal.disk_full(settings.VAR_DIR) from error
    except CommandError as error:
        is_full = refusal.is_about_space(str(error))
        raise refusal.disk_full(settings.VAR_DIR) if is_full else Refused(str(error)) from error
    except (DatabaseError, ImproperlyConfigured) as error:
        raise _about_database(str(error).strip()) from error


def check_postgresql() -> None:
    """Connects once without the pool, which would only say that it waited in vain.

    Raises DatabaseError.
    """
    import psycopg  # noqa: PLC0415 - 9 MB that SQLite has no use for

    database = settings.DATABASES["default"]
    names = {"host": "HOST", "port": "PORT", "dbname": "NAME", "user": "USER"}
    given = {name: str(database[key]) for name, key in names.items() if database[key]}
    password = str(database["PASSWORD"]) or None
    try:
        psycopg.connect(**given, password=password, connect_timeout=5).close()  # type: ignore[arg-type]
    except psycopg.Error as error:
        raise DatabaseError(str(error)) from error


def _about_database(said: str) -> Refused:
    if refusal.is_about_space(said) or "disk I/O error" in said:
        return refusal.disk_full(settings.VAR_DIR)
    place = "DATABASE_URL" if settings.DATABASE_URL else settings.DATABASES["default"]["NAME"]
    reason = said.partition("\n")[0] or "no reason given"
    return Refused(f"The database ({place}) cannot be used: {reason}.")
