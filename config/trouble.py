"""Turns what goes wrong while Slipway sets itself up into a sentence that says what to do."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
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
    except (DatabaseError, ImproperlyConfigured) as error:
        raise _about_database(str(error).strip()) from error


def _about_database(said: str) -> Refused:
    if refusal.is_about_space(said) or "disk I/O error" in said:
        return refusal.disk_full(settings.VAR_DIR)
    place = "DATABASE_URL" if settings.DATABASE_URL else settings.DATABASES["default"]["NAME"]
    last_line = said.splitlines()[-1] if said else "no reason given"
    return Refused(f"The database ({place}) cannot be used: {last_line}.")
