"""Meilisearch: a server of its own, asked plainly over HTTP on a kept-alive connection."""

import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
from asking import LIMIT, Asked, Client, Question
from catalogs import Catalog
from processes import free_port, manage, memory_of, said_by, served, size_on_disk

from launch.meilisearch import program

BATCH = 5000
# Two files of the same models: as Slipway fills its index, and as its documentation would.
WRITE = """
import json, sys
from catalog.models import AIModel
from catalog.search import indexing
from catalog.search.meilisearch import schema
ours, plain = open("{ours}", "w"), open("{plain}", "w")
for document in indexing._all_documents(AIModel.objects.listed().count(), None):
    print(json.dumps(schema.fields(document)), file=ours)
    words = {{name: getattr(document, name) for name in ("id", "key", "tag_words", "prose")}}
    words |= {{"owner": document.owner_whole, "popularity": document.popularity}}
    print(json.dumps({{**words, **document.facets}}), file=plain)
print(json.dumps(schema.settings()))
"""
PLAIN = {
    "searchableAttributes": ["key", "owner", "tag_words", "prose"],
    "filterableAttributes": ["task", "library", "license", "language"],
    "rankingRules": [
        *("words", "typo", "proximity", "attribute", "sort", "exactness", "popularity:desc")
    ],
    "typoTolerance": {"minWordSizeForTypos": {"oneTypo": 4, "twoTypos": 9}},
}


class Meilisearch:
    def __init__(self, catalog: Catalog) -> None:
        self.port = free_port()
        url = f"http://127.0.0.1:{self.port}"
        self.settings = {"VAR_DIR": str(catalog.folder), "SEARCH_URL": url, "SEARCH_KEY": ""}
        self.folder = catalog.folder / "meilisearch"
        # It sends compressed answers in pieces, each of which waits to be acknowledged.
        self.client = Client(self.port, **{"Accept-Encoding": "identity"})

    @contextmanager
    def running(self) -> Iterator[None]:
        found = program()
        if found is None:
            sys.exit("This needs Meilisearch 1.21 or newer: set MEILISEARCH_BIN to where it is.")
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        words = [str(found), "--http-addr", f"127.0.0.1:{self.port}", "--no-analytics"]
        words += ["--db-path", str(self.folder / "data"), "--log-level", "WARN"]
        with served(words, self.port, "/health", TMPDIR=str(self.folder)) as server:
            self.pid = server.pid
            yield
        shutil.rmtree(self.folder)

    def rebuild(self) -> float:
        seconds = manage("rebuild_index", **self.settings)[0]
        self.size = size_on_disk(self.folder / "data")
        return seconds

    def fill_bare(self) -> float:
        """The very same documents under the same settings. Leaves the plain index to be asked."""
        ours, plain = self.folder / "ours.jsonl", self.folder / "plain.jsonl"
        settings = orjson.loads(said_by(WRITE.format(ours=ours, plain=plain), **self.settings))
        seconds = self._fill("bare", settings, ours)
        self._finish(self.client.send("DELETE", "/indexes/bare"))
        self._fill("plain", PLAIN, plain)
        return seconds

    def forget(self) -> None:
        """It remembers no answers."""

    def bare(self) -> Asked:
        def ask(question: Question) -> tuple[bytes, str]:
            asked: dict[str, Any] = {"q": question.text, "limit": LIMIT}
            asked |= {"attributesToRetrieve": ["id"], "facets": question.facets}
            asked |= {"filter": f'task = "{question.task}"'} if question.task else {}
            return self.client.post("/indexes/plain/search", asked)

        return Asked("bare engine", ask, lambda answer: _read(answer)["estimatedTotalHits"])

    def memory(self) -> float:
        return sum(memory_of(self.pid).values())

    def on_disk(self) -> float:
        return self.size

    def _fill(self, uid: str, settings: dict[str, Any], documents: Path) -> float:
        started = time.perf_counter()
        path = f"/indexes/{uid}"
        self._finish(self.client.post("/indexes", {"uid": uid, "primaryKey": "id"}))
        self._finish(self.client.send("PATCH", f"{path}/settings", orjson.dumps(settings)))
        kind = {"Content-Type": "application/x-ndjson"}
        with documents.open("rb") as lines:
            while batch := b"".join(islice(lines, BATCH)):
                sent = self.client.send("POST", f"{path}/documents", batch, **kind)
        self._finish(sent)  # the last of them; they are done in order
        return time.perf_counter() - started

    def _finish(self, task: tuple[bytes, str]) -> None:
        number = _read(task)["taskUid"]
        while (done := _read(self.client.get(f"/tasks/{number}")))["status"] != "succeeded":
            if done["status"] in ("failed", "canceled"):
                sys.exit(f"Meilisearch did not do task {number}: {done['error']}")
            time.sleep(0.02)


def _read(answer: tuple[bytes, str]) -> dict[str, Any]:
    read: dict[str, Any] = orjson.loads(answer[0])
    return read
