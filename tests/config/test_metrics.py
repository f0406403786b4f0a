"""Figures for Prometheus: of the index, for this host and whoever has the token."""

import re

import pytest
from django.test import Client

from catalog.models import IndexCheck
from catalog.search import indexing
from config.health import search
from tests.contract.conftest import embedded, make_model

__all__ = ["embedded", "make_model"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("embedded")]
LINE = re.compile(r'(?:# (?:HELP|TYPE) .+|[a-z_]+\{[a-z]+="[^"]*"(?:,[a-z]+="[^"]*")*\} [0-9.e+]+)')


def test_they_tell_how_the_index_is(make_model, client):
    make_model("a/llama")
    indexing.sweep()
    make_model("a/mistral")
    indexing.check()
    make_model("a/new")

    answer = client.get("/metrics")

    text = answer.content.decode()
    assert answer.status_code == 200
    assert all(LINE.fullmatch(line) for line in text.splitlines())
    assert 'slipway_search_available{engine="embedded"} 1' in text
    assert 'slipway_search_documents{engine="embedded"} 2' in text
    assert 'slipway_search_stale_rows{engine="embedded"} 1' in text
    assert 'slipway_search_drift{engine="embedded",kind="missing"} 1' in text
    assert 'slipway_search_repaired_total{engine="embedded"} 1' in text


def test_without_an_index_they_say_so(client):
    assert (
        'slipway_search_available{engine="embedded"} 0' in client.get("/metrics").content.decode()
    )


def test_another_host_does_not_see_them(client):
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 403
    assert client.get("/metrics", headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 403


def test_with_a_token_they_are_for_whoever_has_it(settings):
    settings.METRICS_TOKEN = "a-secret"
    abroad = Client(REMOTE_ADDR="192.0.2.7")

    assert abroad.get("/metrics").status_code == 403
    assert Client().get("/metrics").status_code == 403
    assert abroad.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 403
    assert abroad.get("/metrics", headers={"Authorization": "Bearer a-secret"}).status_code == 200


def test_the_status_page_tells_what_the_last_comparison_found(make_model):
    make_model("a/llama")
    indexing.sweep()

    indexing.check()
    assert "nothing differed" in search.check().sentence

    IndexCheck.objects.update(missing=3)
    assert "3 models differed and were put right" in search.check().sentence
