"""A real web server on the tests' own rows, and many who ask it at once."""

import json
import os
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from django.db import connection

from launch.instance import ROOT
from tests import servers

AT_ONCE = 40


@dataclass(frozen=True)
class Ask:
    path: str
    headers: dict[str, str]
    body: Any = None


@contextmanager
def served(var_dir: Path, redis_url: str) -> Iterator[int]:
    """Its port. On SQLite the embedded parts: one process; on PostgreSQL two, with Redis."""
    port = servers.free_port()
    environment = {
        **os.environ,
        **_database(var_dir, redis_url),
        "VAR_DIR": str(var_dir),
        "PORT": str(port),
        "BROKER_URL": redis_url,
        "LOCAL": "true",
        "LOG_LEVEL": "ERROR",
        "TRUSTED_PROXIES": "1",
        "LIMIT_PER_ADDRESS": "20/86400",
    }
    command = [sys.executable, "-m", "gunicorn", "--config", "python:config.web"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        servers.wait_until(lambda: servers.is_listening(port), "the web process listens")
        yield port
    finally:
        process.terminate()
        process.wait(30)


def at_once(port: int, asks: Sequence[Ask]) -> Counter[int]:
    """How often each status was answered."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return Counter(pool.map(lambda ask: _status(port, ask), asks))


def count(var_dir: Path, table: str) -> int:
    """Rows in the database that the server writes to."""
    statement = f"SELECT count(*) FROM {table}"  # noqa: S608 - named by a test
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(var_dir / "slipway.sqlite3")) as found:
            return int(found.execute(statement).fetchone()[0])
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.fetchone()[0])


def _status(port: int, ask: Ask) -> int:
    with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as http:
        body = json.dumps(ask.body) if ask.body is not None else None
        method = "GET" if body is None else "POST"
        headers = {"Content-Type": "application/json", **ask.headers}
        http.request(method, ask.path, body, headers)
        answer = http.getresponse()
        answer.read()
        return answer.status


def _database(var_dir: Path, redis_url: str) -> dict[str, str]:
    """The tests' own: a copy of it as a file, or the very same."""
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(var_dir / "slipway.sqlite3")) as copy:
            connection.ensure_connection()
            connection.connection.backup(copy)
        return {"DATABASE_URL": ""}
    known = connection.settings_dict
    place = f"{known['USER']}@{known['HOST']}:{known['PORT']}/{known['NAME']}"
    return {
        "DATABASE_URL": f"postgresql://{place}",
        "CACHE_URL": redis_url,
        "WEB_PROCESSES": "2",
    }
