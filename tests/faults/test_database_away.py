"""PostgreSQL was away for longer than a moment: whoever asks once it is back is answered."""

import pytest
from django.conf import settings
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
