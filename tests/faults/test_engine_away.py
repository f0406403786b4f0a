"""While Meilisearch is down, slow, of another kind or without its index, the database answers."""

import time
from collections.abc import Callable

import pytest
from django.test import Client

from catalog.models import AIModel
from catalog.search import Cause, Query, Results, breaker, find, indexing
from catalog.search.meilisearch import client as connection
from catalog.search.meilisearch import versions
from config.health import search as health
from tests.faults import proxy as proxies
from tests.servers import wait_until

LIMIT = 1.5  # seconds for a whole page
pytestmark = [pytest.mark.django_db]


def asked() -> Results:
    return find(Query(text="llama"))


def is_well() -> bool:
    return not asked().is_degraded


def fastest(ask: Callable[[], object]) -> float:
    """Three tries: a busy machine may be slow once, a missing time limit is slow always."""
    took = []
    while len(took) < 3 and min(took, default=LIMIT) >= LIMIT:
        breaker.close()
        started = time.monotonic()
        ask()
        took.append(time.monotonic() - started)
    return min(took)


def check_that_the_database_answers(client: Client, cause: Cause, words: str) -> None:
    """Page and API, in time, with a notice that says why."""
    pages: list[str] = []
    answers: list[dict[str, object]] = []

    def page() -> None:
        pages.append(client.get("/models", {"q": "llama"}).content.decode())

    def api() -> None:
        answers.append(client.get("/v1/models", {"q": "llama"}).json())

    assert fastest(page) < LIMIT
    assert fastest(api) < LIMIT
    assert asked().cause is cause
    assert words in pages[-1]
    assert "a/llama" in pages[-1].lower()
    assert answers[-1]["is_degraded"] is True
    assert words in str(answers[-1]["notice"])
    assert answers[-1]["total"] == 1


def test_killed_it_is_missed_and_forgiven(server, make_model, client):
    make_model("a/llama")
    indexing.sweep()
    wait_until(is_well, "the engine answers", seconds=10)

    server.kill()

    check_that_the_database_answers(client, Cause.DOWN, "cannot be reached")
    make_model("a/llama-2")
    assert indexing.sweep() == 0
    assert "cannot be reached" in health.check().sentence

    server.start()

    wait_until(is_well, "the engine is asked again", seconds=10)
    assert indexing.sweep() == 1
    assert asked().total == 2
    assert AIModel.objects.stale_in_index().count() == 0
    assert health.check().state == "ok"


@pytest.mark.any_database  # what is not waited for is the engine
@pytest.mark.parametrize("mode", [proxies.LATE, proxies.SILENT, proxies.TRICKLE])
def test_slow_it_is_not_waited_for(proxy, make_model, client, mode):
    make_model("a/llama")
    indexing.sweep()
    wait_until(is_well, "the engine answers", seconds=10)

    proxy.mode = mode

    check_that_the_database_answers(client, Cause.SLOW, "takes too long")
    proxy.mode = proxies.PASS
    wait_until(is_well, "the engine is asked again", seconds=10)


def test_an_answer_that_breaks_off_is_no_answer(proxy, make_model, client):
    make_model("a/llama")
    indexing.sweep()
    wait_until(is_well, "the engine answers", seconds=10)

    proxy.mode = proxies.RESET

    assert asked().cause is Cause.DOWN
    proxy.mode = proxies.PASS
    wait_until(is_well, "the engine is asked again", seconds=10)


def test_while_it_is_away_few_searches_look_for_it(proxy, make_model):
    make_model("a/llama")
    indexing.sweep()
    proxy.mode = proxies.SILENT
    assert asked().is_degraded
    came = proxy.connections

    for _ in range(200):
        asked()

    # One may look each two seconds, and so many searches take a few.
    assert proxy.connections - came < 20


def test_a_name_that_nobody_knows_is_told_in_time(ours, make_model, client):
    ours("http://search.invalid:7700")
    make_model("a/llama")

    check_that_the_database_answers(client, Cause.DOWN, "cannot be reached")


def test_something_else_at_its_address_is_noticed(ours, live_server, make_model):
    ours(live_server.url)
    make_model("a/llama")

    assert asked().cause is Cause.REFUSED


def test_an_older_version_is_named(proxy, make_model, client):
    make_model("a/llama")
    indexing.sweep()
    proxy.replaced = {b'"pkgVersion":"1.21.': b'"pkgVersion":"1.20.'}
    versions.forget()

    check_that_the_database_answers(client, Cause.VERSION, "too old")
    make_model("a/llama-2")
    assert indexing.sweep() == 0
    assert "1.21" in health.check().advice

    proxy.replaced = {}
    wait_until(is_well, "the engine is asked again", seconds=10)
    assert indexing.sweep() == 1


def test_an_index_that_somebody_deleted_is_made_anew(shared, settings, make_model, client):
    make_model("a/llama")
    indexing.sweep()
    with connection.official() as engine:
        engine.delete_index(settings.SEARCH_INDEX)
    wait_until(lambda: asked().is_degraded, "the index is gone")

    check_that_the_database_answers(client, Cause.MISSING, "is missing")
    indexing.sweep()

    breaker.close()
    wait_until(is_well, "the engine answers", seconds=10)
    assert AIModel.objects.stale_in_index().count() == 0
