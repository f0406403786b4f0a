"""Three keys with the least rights, at a real Meilisearch that asks for keys."""

import secrets
from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from catalog.search import Cause, Query, breaker, find, indexing
from catalog.search.errors import Unavailable
from catalog.search.meilisearch import client
from config.health import search
from tests import servers

MASTER_KEY = "a-master-key-of-the-tests"
NAMES = ("SEARCH_KEY", "SEARCH_INDEX_KEY", "SEARCH_WATCH_KEY")
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("guarded")]


@pytest.fixture(scope="module")
def guarded_url() -> Iterator[str]:
    try:
        with servers.meilisearch("--master-key", MASTER_KEY) as url:
            yield url
    except servers.Missing as missing:
        pytest.skip(str(missing))


@pytest.fixture
def guarded(embedded, settings, guarded_url, monkeypatch) -> None:
    settings.SEARCH_URL = guarded_url
    settings.SEARCH_INDEX = f"test_{secrets.token_hex(6)}"
    settings.SEARCH_SECONDS = 30.0
    monkeypatch.setenv("MEILI_MASTER_KEY", MASTER_KEY)


def made() -> dict[str, str]:
    out = StringIO()
    call_command("search_keys", stdout=out)
    return dict(line.split("=") for line in out.getvalue().splitlines())


@pytest.fixture
def keys(guarded, settings) -> dict[str, str]:
    printed = made()
    for name, value in printed.items():
        setattr(settings, name, value)
    return printed


def test_with_them_everything_works(keys, make_model):
    make_model("a/llama")
    indexing.sweep()
    indexing.rebuild()
    make_model("a/mistral")
    indexing.check()

    results = find(Query(text="mistral"))
    assert (results.total, results.is_degraded) == (1, False)
    assert search.check().state == "ok"


def test_they_are_the_same_each_time(keys):
    assert set(keys) == set(NAMES)
    assert len(set(keys.values())) == 3
    assert made() == keys


@pytest.mark.parametrize(
    ("name", "method", "path"),
    [
        ("SEARCH_KEY", "GET", "/indexes"),
        ("SEARCH_KEY", "GET", "/version"),
        ("SEARCH_KEY", "GET", "/keys"),
        ("SEARCH_KEY", "DELETE", "/indexes/{index}"),
        ("SEARCH_KEY", "POST", "/indexes/another/search"),
        ("SEARCH_WATCH_KEY", "POST", "/indexes/{index}/search"),
        ("SEARCH_WATCH_KEY", "GET", "/keys"),
        ("SEARCH_INDEX_KEY", "POST", "/indexes/{index}/search"),
        ("SEARCH_INDEX_KEY", "GET", "/keys"),
        ("SEARCH_INDEX_KEY", "POST", "/dumps"),
        ("SEARCH_INDEX_KEY", "DELETE", "/indexes/another"),
    ],
)
def test_each_may_do_no_more_than_it_has_to(keys, settings, name, method, path):
    settings.SEARCH_INDEX_KEY = keys[name]
    body = b"{}" if method == "POST" else None

    with pytest.raises(Unavailable) as refused:
        client.written(method, path.format(index=settings.SEARCH_INDEX), body)

    assert refused.value.cause is Cause.KEY


def test_a_wrong_master_key_is_told_in_a_sentence(monkeypatch):
    monkeypatch.setenv("MEILI_MASTER_KEY", "not-the-master-key")

    with pytest.raises(CommandError, match="Give the master key"):
        made()


def test_with_a_wrong_key_the_database_answers_and_the_status_page_says_what_to_do(
    keys, settings, make_model
):
    make_model("a/llama")
    indexing.sweep()
    settings.SEARCH_KEY = "wrong"

    results = find(Query(text="llama"))

    assert (results.total, results.is_degraded, results.cause) == (1, True, Cause.KEY)
    part = search.check()
    assert part.state == "degraded"
    assert "search_keys" in part.advice

    settings.SEARCH_KEY = keys["SEARCH_KEY"]
    breaker.close()
    assert not find(Query(text="llama")).is_degraded


def test_with_a_wrong_key_to_write_with_the_status_page_says_so(keys, settings, make_model):
    make_model("a/llama")
    indexing.sweep()
    settings.SEARCH_INDEX_KEY = "wrong"
    make_model("a/mistral")

    assert indexing.sweep() == 0

    part = search.check()
    assert part.state == "degraded"
    assert "does not follow the catalog" in part.sentence
    settings.SEARCH_INDEX_KEY = keys["SEARCH_INDEX_KEY"]
    assert indexing.sweep() == 1
    assert search.check().state == "ok"
