"""Django's PostgreSQL, with a pool that lets go of all its connections when it meets a dead one.

After a crash of the server all of them are dead. psycopg's pool finds that out one at a time and
waits longer after each, 21 seconds for twelve; whoever asks is refused after ten.
"""

from typing import Any

from django.db.backends.postgresql import base
from psycopg import Connection, OperationalError
from psycopg_pool import ConnectionPool


class DatabaseWrapper(base.DatabaseWrapper):
    @property
    def pool(self) -> ConnectionPool | None:
        pool: ConnectionPool | None = super().pool
        if pool is not None and pool._check is ConnectionPool.check_connection:
            # Django passes no check of one's own on; this is where the pool keeps it.
            pool._check = lambda connection: _check(pool, connection)
        return pool


def _check(pool: ConnectionPool, connection: Connection[Any]) -> None:
    try:
        ConnectionPool.check_connection(connection)
    except OperationalError:
        pool.drain()
        raise
