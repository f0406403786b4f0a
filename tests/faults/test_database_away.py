"""PostgreSQL was away for longer than a moment: whoever asks once it is back is answered."""

from collections.abc import Iterator
from contextlib import contextmanager

import environ
import pytest
import pytest_django
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler
from psycopg_pool import ConnectionPool, PoolTimeout

from tests import servers


def test_after_a_longer_outage_the_first_who_asks_is_answered() -> None:
    port = servers.free_port()
    address = f"postgresql://slipway@127.0.0.1:{port}/postgres"
    with ConnectionPool(address, open=False, **settings.POSTGRESQL_POOL) as pool:
        with pytest.raises(PoolTimeout):
            pool.getconn(timeout=0.1)
        # Its own first one and the one for whom it was asked each have been refused three times.
        servers.wait_until(lambda: pool.get_stats()["connections_errors"] >= 6, "six attempts")

        with servers.postgresql(port):
            connection = pool.getconn(timeout=2)

            assert connection.execute("SELECT 1").fetchone() == (1,)
            pool.putconn(connection)


def test_after_a_crash_the_first_who_asks_is_answered_however_many_connections_died(
    django_db_blocker: pytest_django.DjangoDbBlocker,
) -> None:
    port = servers.free_port()
    address = f"postgresql://slipway@127.0.0.1:{port}/postgres"
    with django_db_blocker.unblock(), _database(address) as database:
        with servers.postgresql(port):
            database.ensure_connection()
            pool = database.pool  # type: ignore[attr-defined]
            others = [pool.getconn() for _ in range(12)]
            for one in others:
                pool.putconn(one)
            database.close()
        assert pool.get_stats()["pool_available"] >= 12

        with servers.postgresql(port), database.cursor() as cursor:
            cursor.execute("SELECT 1")
            assert cursor.fetchone() == (1,)


@contextmanager
def _database(address: str) -> Iterator[BaseDatabaseWrapper]:
    """Beside that of the tests, by the settings that Slipway has for PostgreSQL."""
    options = {"OPTIONS": {"pool": settings.POSTGRESQL_POOL}, "CONN_HEALTH_CHECKS": True}
    crashing = {**environ.Env.db_url_config(address), "ENGINE": "config.postgresql", **options}
    database = ConnectionHandler({"default": {}, "crashing": crashing})["crashing"]
    try:
        yield database
    finally:
        database.close()
        database.close_pool()  # type: ignore[attr-defined]
