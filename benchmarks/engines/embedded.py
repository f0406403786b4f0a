"""Tantivy: in Slipway's own processes, and asked plainly in this one."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import tantivy
from asking import LIMIT, Asked, Question
from catalogs import Catalog
from processes import manage, said_by, size_on_disk

FIELDS = ["name", "owner", "tag_words", "prose"]

FILL = """
import time
from catalog.models import AIModel
from catalog.search import embedded, indexing
made = list(indexing._all_documents(AIModel.objects.listed().count(), None))
started = time.perf_counter()
generation = embedded.start()
embedded.fill(generation, made)
print(time.perf_counter() - started)
embedded.remove(generation)
"""


class Embedded:
    def __init__(self, catalog: Catalog) -> None:
        self.settings = {"VAR_DIR": str(catalog.folder), "SEARCH_URL": ""}
        self.folder = catalog.folder / "index"

    @contextmanager
    def running(self) -> Iterator[None]:
        shutil.rmtree(self.folder, ignore_errors=True)
        yield

    def rebuild(self) -> float:
        return manage("rebuild_index", **self.settings)[0]

    def fill_bare(self) -> float:
        return float(said_by(FILL, **self.settings))

    def forget(self) -> None:
        """As after each commit."""
        os.utime(self._generation() / "meta.json")

    def bare(self) -> Asked:
        """Asked as its documentation shows it, on the same index."""
        index = tantivy.Index.open(str(self._generation()))
        searcher = index.searcher()

        def ask(question: Question) -> tuple[tantivy.SearchResult, object]:
            query = tantivy.Query.boolean_query(list(_clauses(index, question)))
            counted = {name: {"terms": {"field": name, "size": 100}} for name in question.facets}
            found = searcher.search(query, limit=LIMIT)
            return found, searcher.aggregate(query, counted) if counted else None

        return Asked("bare engine", ask, lambda answer: answer[0].count)

    def memory(self) -> float:
        """It is in Slipway's own processes."""
        return 0

    def on_disk(self) -> float:
        return size_on_disk(self._generation())

    def _generation(self) -> Path:
        return self.folder / (self.folder / "CURRENT").read_text().strip()


def _clauses(
    index: tantivy.Index, question: Question
) -> Iterator[tuple[tantivy.Occur, tantivy.Query]]:
    if question.text:
        fuzzy = {"name": (True, 1, True)}
        typed, _ = index.parse_query_lenient(question.text, FIELDS, fuzzy_fields=fuzzy)
        yield tantivy.Occur.Must, typed
    if question.task:
        task = tantivy.Query.term_query(index.schema, "task", question.task)
        yield tantivy.Occur.Must, task
