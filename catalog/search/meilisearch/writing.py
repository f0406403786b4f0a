"""Fills indexes at the engine, and waits for its own word that they hold what was sent."""

import json
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from catalog.search.documents import Document
from catalog.search.meilisearch import client, schema
from catalog.search.meilisearch.filters import quoted
from catalog.search.meilisearch.indexes import Generation, finish, reached

BATCH = 5000  # documents
BYTES = 20_000_000
WAITING = 3  # batches sent and not yet done
PAGE = 20_000  # versions read at once


def put(generation: Generation, documents: Iterable[Document], gone: Iterable[int] = ()) -> None:
    """Add or replace these, and remove those of the ids in `gone`. Needs write_lock."""
    removed = [*gone]
    with reached():
        if removed:
            deleted = (
                client.admin().index(generation.name).delete_documents(ids=[*map(str, removed)])
            )
            finish(deleted.task_uid)
        _send(generation, documents)


def fill(generation: Generation, documents: Iterable[Document]) -> int:
    """Fill an empty index. Returns how many there were."""
    with reached():
        return _send(generation, documents)


def versions_of(generation: Generation, ids: Sequence[int]) -> dict[int, int]:
    """The version of each of these that the index holds."""
    return _versions(generation, f"id IN [{', '.join(map(str, ids))}]") if ids else {}


def versions_between(generation: Generation, first: int, last: int) -> dict[int, int]:
    """The version of each document whose id is within these bounds, both included."""
    return _versions(generation, f"id >= {first} AND id <= {last}")


def id_of(generation: Generation, key: str) -> int | None:
    """The id under which a model's owner/name is found."""
    found = _page(generation, {"filter": f"key = {quoted(key)}", "limit": 1})
    return int(found[0]["id"]) if found else None


def count(generation: Generation) -> int:
    with reached():
        return int(client.admin().index(generation.name).get_stats().number_of_documents)


def _send(generation: Generation, documents: Iterable[Document]) -> int:
    """A few batches ahead of the engine, so that neither waits for the other."""
    index = client.admin().index(generation.name)
    waiting: deque[int] = deque()
    count = 0
    for lines in _batches(documents):
        waiting.append(index.add_documents_ndjson(b"\n".join(lines)).task_uid)
        count += len(lines)
        if len(waiting) > WAITING:
            finish(waiting.popleft())
    for task in waiting:
        finish(task)
    return count


def _batches(documents: Iterable[Document]) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    size = 0
    for document in documents:
        line = json.dumps(schema.fields(document)).encode()
        if batch and (len(batch) == BATCH or size + len(line) > BYTES):
            yield batch
            batch, size = [], 0
        batch.append(line)
        size += len(line)
    if batch:
        yield batch


def _versions(generation: Generation, wanted: str) -> dict[int, int]:
    found: dict[int, int] = {}
    while True:
        page = _page(generation, {"filter": wanted, "limit": PAGE, "offset": len(found)})
        found |= {int(row["id"]): int(row["version"]) for row in page}
        if len(page) < PAGE:
            return found


def _page(generation: Generation, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    with reached():
        index = client.admin().index(generation.name)
        found = index.get_documents({**parameters, "fields": ["id", "version"]})
    return [dict(document) for document in found.results]
