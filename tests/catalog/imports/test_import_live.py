"""The live APIs, as a real server on this machine speaks them: Link headers, next, 429 and 503."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.management import CommandError

from catalog.models import AIModel, ImportRun
from catalog.sources import live
from tests.catalog.imports.importing import told_by

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Catalog:
    """A catalog of models with pages of two, which may be told to fail first."""

    url: str = ""
    style: str = "link"
    failures: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    following: str = ""
    names: list[str] = field(default_factory=lambda: ["a", "b", "c", "d", "e"])

    def answer(self, path: str) -> tuple[int, dict[str, str], Any]:
        self.asked.append(path)
        if self.failures:
            status, headers = self.failures.pop(0)
            return status, headers, {"error": "try later"}
        at = int(parse_qs(urlsplit(path).query).get("cursor", ["0"])[0])
        records = [{"id": f"o/{name}", "owner": "o", "name": name} for name in self.names]
        following = f"{self.url}/api/models?cursor={at + 2}" if at + 2 < len(records) else ""
        following = self.following or following
        page = records[at : at + 2]
        if self.style == "next":
            return 200, {}, {"next": following or None, "previous": None, "results": page}
        return 200, {"Link": f'<{following}>; rel="next"'} if following else {}, page


@pytest.fixture
def catalog() -> Iterator[Catalog]:
    served = Catalog()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, content = served.answer(self.path)
            body = json.dumps(content).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield served
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(("source", "style"), [("huggingface", "link"), ("replicate", "next")])
def test_all_pages_are_followed(catalog: Catalog, source: str, style: str) -> None:
    catalog.style = style

    said = told_by(source, f"{catalog.url}/api/models")

    assert "5 created" in said
    assert len(catalog.asked) == 3


def test_a_limit_stops_at_the_page_that_fills_it(catalog: Catalog) -> None:
    told_by("huggingface", f"{catalog.url}/api/models", limit=3)

    assert AIModel.objects.count() == 3
    assert len(catalog.asked) == 2


def test_a_busy_server_is_asked_again_after_the_time_it_names(catalog: Catalog) -> None:
    catalog.failures = [(429, {"Retry-After": "0"}), (503, {"Retry-After": "0"})]

    said = told_by("huggingface", f"{catalog.url}/api/models")

    assert "5 created" in said
    assert len(catalog.asked) == 5


def test_a_refusal_is_told_in_a_sentence_and_not_repeated(catalog: Catalog) -> None:
    catalog.failures = [(401, {})]

    with pytest.raises(CommandError, match="answers 401"):
        told_by("huggingface", f"{catalog.url}/api/models")

    assert len(catalog.asked) == 1


def test_an_import_that_broke_off_carries_on_with_the_next_page(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "TRIES", 1)
    address = f"{catalog.url}/api/models"
    first = Catalog.answer

    def fail_third(self: Catalog, path: str) -> tuple[int, dict[str, str], Any]:
        return (500, {}, {}) if "cursor=4" in path else first(self, path)

    with monkeypatch.context() as patch:
        patch.setattr(Catalog, "answer", fail_third)
        with pytest.raises(CommandError, match="answers 500"):
            told_by("huggingface", address)
    assert AIModel.objects.count() == 4
    catalog.asked.clear()

    said = told_by("huggingface", address)

    assert "Carried on after 4 records" in said
    assert "1 created" in said
    assert catalog.asked == ["/api/models?cursor=4"]
    assert ImportRun.objects.get().finished_at


def test_a_next_page_on_another_host_is_not_asked_for(catalog: Catalog) -> None:
    catalog.following = "http://localhost:9/elsewhere"

    with pytest.raises(CommandError, match="another host"):
        told_by("huggingface", f"{catalog.url}/api/models")

    assert AIModel.objects.count() == 2


def test_the_same_answers_again_change_nothing(catalog: Catalog) -> None:
    told_by("huggingface", f"{catalog.url}/api/models")

    said = told_by("huggingface", f"{catalog.url}/api/models")

    assert "0 created, 0 changed, 5 unchanged" in said
