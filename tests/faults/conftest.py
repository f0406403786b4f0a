"""A small catalog at a Meilisearch that a test may break."""
# ruff: noqa: PLC0415

import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import servers
from tests.contract.conftest import embedded, make_model
from tests.faults import proxy as proxies
from tests.faults.meilisearch import Server

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

__all__ = ["embedded", "make_model"]


@pytest.fixture
def ours(embedded: None, settings: "SettingsWrapper") -> Iterator[Callable[[str], None]]:
    """Point Slipway at a server, with an index of a name of its own and the real time limit."""
    from catalog.search.meilisearch import spelling, versions

    settings.SEARCH_INDEX = f"test_{secrets.token_hex(6)}"
    spelling.forget()
    versions.forget()

    def use(url: str) -> None:
        settings.SEARCH_URL = url

    yield use
    versions.forget()


@pytest.fixture
def server(ours: Callable[[str], None]) -> Iterator[Server]:
    """Of this test alone."""
    within = servers.IN_MEMORY if servers.IN_MEMORY.is_dir() else None
    folder = Path(tempfile.mkdtemp(prefix="slipway-test-", dir=within))
    started = Server(folder)
    try:
        started.start()
    except servers.Missing as missing:
        pytest.skip(str(missing))
    ours(started.url)
    yield started
    started.kill()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def shared(ours: Callable[[str], None], meilisearch_url: str) -> None:
    """The server of the whole run, which must not be harmed."""
    ours(meilisearch_url)


@pytest.fixture
def proxy(ours: Callable[[str], None], meilisearch_url: str) -> Iterator[proxies.Proxy]:
    with proxies.before(meilisearch_url) as proxy:
        ours(proxy.url)
        yield proxy
