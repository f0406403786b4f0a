"""Settings and servers of the tests. Nothing of the caller's environment leaks in."""

import gc
import os
import secrets
import shutil
import signal
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
import pytest_django
from django.utils import translation
from psycopg import sql

from tests import servers
from tests.staff import with_second_factor

if TYPE_CHECKING:
    from accounts.models import User

SETTINGS = (
    *(
        "DEBUG",
        "LOCAL",
        "SECRET_KEY",
        "PORT",
        "HOST",
        "PUBLIC_URL",
        "ALLOWED_HOSTS",
        "DATABASE_URL",
    ),
    *("SEARCH_URL", "SEARCH_KEY", "SEARCH_INDEX_KEY", "SEARCH_WATCH_KEY", "SEARCH_INDEX"),
    *("CURRENCY", "BROKER_URL", "CACHE_URL", "RUNTIMES", "RUNTIME_ISOLATION", "RUNTIME_NETWORK"),
    *("LOG_LEVEL", "LOG_JSON", "METRICS_TOKEN"),
    *("EMAIL_URL", "EMAIL_FROM", "WEBHOOK_ALLOWED_HOSTS", "SECRET_KEY_FALLBACKS"),
    *("SEALING_KEYS", "TRUSTED_PROXIES", "PROXY_HEADER"),
    *("FILE_SIZE_MAX", "FILES_PER_OWNER", "SIGN_UP", "SIGN_UP_DOMAINS"),
    *("GITHUB_CLIENT_ID", "GITHUB_CLIENT_SECRET", "GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"),
    *("OPENID_SERVER_URL", "OPENID_CLIENT_ID", "OPENID_CLIENT_SECRET", "OPENID_NAME"),
    *("LIMIT_PER_ADDRESS", "LIMIT_PER_USER", "WEB_PROCESSES", "TOKEN_DAYS_MAX"),
    *("SEARCH_EMBEDDER", "SEARCH_EMBEDDER_MODEL", "SEARCH_EMBEDDER_KEY"),
)
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "live_server"}
at_the_end = ExitStack()
# A Meilisearch that the caller has: the tests use indexes of their own names in it.
given_search = {name: os.environ.get(name, "") for name in ("SEARCH_URL", "SEARCH_KEY")}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=("sqlite", "postgresql"),
        default="sqlite",
        help="the database; on postgresql only the tests that it may decide are run",
    )
    parser.addoption(
        "--write-golden",
        action="store_true",
        help="write what searches answer now into the golden files of tests/relevance",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """The settings are read here for the first time, so the server must run before."""
    # A shell's background job ignores Ctrl-C and hands that on; the tests send it on purpose.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for name in SETTINGS:
        os.environ.pop(name, None)
    os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="slipway-test-")
    (Path(os.environ["VAR_DIR"]) / "static").mkdir()  # whitenoise warns without it
    at_the_end.callback(shutil.rmtree, os.environ["VAR_DIR"], ignore_errors=True)
    if config.getoption("--database") == "postgresql":
        try:
            os.environ["DATABASE_URL"] = at_the_end.enter_context(servers.postgresql())
        except servers.Missing as missing:
            raise pytest.UsageError(str(missing)) from missing
    _set_up_django()


def pytest_unconfigure() -> None:
    at_the_end.close()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--database") == "sqlite":
        return
    others = [item for item in items if not _is_for_postgresql(item)]
    gone = set(others)
    items[:] = [item for item in items if item not in gone]
    config.hook.pytest_deselected(items=others)


def pytest_collection_finish() -> None:
    """What was imported stays to the end: no search for garbage need look at it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000)


def _is_for_postgresql(item: pytest.Item) -> bool:
    return _uses_database(item) and not _is_told_by_sqlite(item)


def _is_told_by_sqlite(item: pytest.Item) -> bool:
    """What Meilisearch finds and a browser shows is the same whichever database holds the rows."""
    if any(map(item.get_closest_marker, ("browser", "own_database", "any_database"))):
        return True
    asked = getattr(item, "callspec", None)
    return asked is not None and asked.params.get("engine") == "meilisearch"


def _uses_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(item.get_closest_marker("django_db") or fixtures & DATABASE_FIXTURES)


def _set_up_django() -> None:
    import django  # noqa: PLC0415 - it reads the settings, which were made just now
    from django.conf import settings  # noqa: PLC0415

    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}  # nothing was collected
    # A password takes half a second to hash, as it should anywhere else.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    django.setup()


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker
) -> None:
    """On PostgreSQL ids go on from test to test; here they are far from 1 before the first."""
    from django.db import connection  # noqa: PLC0415

    if connection.vendor != "postgresql":
        return
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("SELECT sequencename FROM pg_sequences ORDER BY 1")
        for number, (name,) in enumerate(cursor.fetchall(), start=1):
            # Also far from those of any other table.
            cursor.execute(f'ALTER SEQUENCE "{name}" RESTART {number * 1_000_003}')


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A PostgreSQL of its own, for tests that start Slipway's processes."""
    with servers.postgresql() as url:
        yield url


@pytest.fixture
def postgresql_url(postgresql_server: str) -> str:
    """A new, empty database in it."""
    name = f"test_{secrets.token_hex(8)}"
    with psycopg.connect(postgresql_server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return f"{postgresql_server.rpartition('/')[0]}/{name}"


@pytest.fixture(scope="session")
def empty_database(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any
) -> Path:
    """The tests' own as a file: migrating another one takes many times longer."""
    from django.db import connection  # noqa: PLC0415

    if connection.vendor != "sqlite":
        pytest.skip("it stands on SQLite")
    path = tmp_path_factory.mktemp("empty") / "slipway.sqlite3"
    with django_db_blocker.unblock(), closing(sqlite3.connect(path)) as copy:
        connection.ensure_connection()
        connection.connection.backup(copy)
    return path


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    with servers.redis() as url:
        yield url


@pytest.fixture(scope="session")
def meilisearch_url() -> Iterator[str]:
    """The caller's Meilisearch, or a new one without keys."""
    if given_search["SEARCH_URL"]:
        yield given_search["SEARCH_URL"]
        return
    try:
        with servers.meilisearch() as url:
            yield url
    except servers.Missing as missing:
        pytest.skip(str(missing))


@pytest.fixture(autouse=True, scope="session")
def _audit_log_can_be_emptied() -> Iterator[None]:
    """Between tests on SQLite, whose tables are emptied by DELETE, which the log refuses."""
    from django.db.backends.sqlite3.base import DatabaseOperations  # noqa: PLC0415

    empty = DatabaseOperations.execute_sql_flush
    kept = (
        "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'accounts_auditevent'"
    )

    def without_triggers(self: DatabaseOperations, statements: list[str]) -> None:
        with self.connection.cursor() as cursor:
            triggers = [row[0] for row in cursor.execute(kept).fetchall()]
        drops = [f"DROP TRIGGER {trigger.split()[2]}" for trigger in triggers]
        empty(self, [*drops, *statements, *triggers])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", without_triggers)
        yield


@pytest.fixture
def admin_user(db: None) -> "User":
    """pytest-django's own, whom admin_client is; here staff has a second factor."""
    from accounts.models import User  # noqa: PLC0415

    return with_second_factor(User.objects.create_superuser("admin", password="a-long-password"))


@pytest.fixture(autouse=True)
def _language_of_the_settings() -> None:
    """A thread keeps the language of its last page, whichever test asked for that."""
    translation.activate("en")


@pytest.fixture(autouse=True)
def _nothing_remembered_from_another_test() -> None:
    """What words mean, and that the engine is away, is kept in the process for two seconds; who
    asked how often is, too."""
    from accounts import rates  # noqa: PLC0415
    from catalog.search import breaker, terms  # noqa: PLC0415 - read before the settings are
    from deployments.predictions import known  # noqa: PLC0415

    rates.forget()
    terms.forget()
    breaker.close()
    known.forget()
