"""Connections while something is waited for."""

from django.db import connection


def let_go() -> None:
    """Of a pool's connection, which others need meanwhile, and of one that was lost."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()


def close() -> None:
    """For who waits long, together with hundreds of others; the next query opens another."""
    if not connection.in_atomic_block:
        connection.close()
