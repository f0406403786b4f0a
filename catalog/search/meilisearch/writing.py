"""Fills indexes at the engine, and waits for its own word that they hold what was sent."""

import tempfile
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, BinaryIO

import orjson
import structlog

from catalog.search.documents import Document
from catalog.search.errors import Rejected
from catalog.search.meilisearch import client, schema, tasks
from catalog.search.meilisearch.connections import Body
from catalog.search.meilisearch.filters import quoted
from catalog.search.meilisearch.indexes import Generation

log = structlog.get_logger(__name__)

BYTES = 20_000_000  # of one request
# Of a rebuild's: the fewer there are the faster it is, and the later the engine begins.
FILLING_BYTES = 30_000_000
WAITING = 1  # requests sent and not yet done while the next is made ready
PATIENCE = 600.0  # seconds for one task of a rebuild
PAGE = 20_000  # versions read at once


def put(
    generation: Generation,
    documents: Iterable[Document],
    gone: Iterable[int] = (),
    *,
    seconds: float = PATIENCE,
) -> None:
    """Add or replace these, and remove those of the ids in `gone`. Needs write_lock.

    Raises Rejected when the engine does not take one of them: then others may be in.
    """
    removed = [*gone]
    if removed:
        body = orjson.dumps(removed)
        tasks.finish(_sent(generation, "/delete-batch", body), seconds=seconds)
    for lines in _batches(map(_line, documents)):
        sent = _sent(generation, "", b"".join(lines), kind=client.LINES)
        tasks.finish(sent, seconds=seconds)


def fill(generation: Generation, documents: Iterable[Document]) -> int:
    """Fill an empty index, one request ahead of the engine, so that neither waits for the other.

    Returns how many it holds. What was rejected is missing: bringing it in step shows which.
    """
    waiting: deque[int] = deque()
    for lines in _files(_sound_lines(documents)):
        with lines:
            waiting.append(_sent(generation, "", lines, kind=client.LINES))
        if len(waiting) > WAITING:
            _finish(waiting.popleft())
    for task in waiting:
        _finish(task)
    return count(generation)


def settle(generation: Generation, *, seconds: float) -> None:
    """Wait for what was sent before. Raises Busy when that takes longer."""
    tasks.settle(generation.name, seconds=seconds)


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
    told = client.written("GET", f"/indexes/{generation.name}/stats")
    return int(told["numberOfDocuments"])


def _sent(generation: Generation, path: str, body: Body, *, kind: str = client.JSON) -> int:
    """The number of the engine's task."""
    path = f"/indexes/{generation.name}/documents{path}"
    return int(client.written("POST", path, body, kind=kind)["taskUid"])


def _finish(task: int) -> None:
    try:
        tasks.finish(task, seconds=PATIENCE)
    except Rejected as error:
        log.warning(
            "Meilisearch rejected a batch; its documents go in one by one", words=str(error)
        )


def _line(document: Document) -> bytes:
    try:
        return orjson.dumps(schema.fields(document), option=orjson.OPT_APPEND_NEWLINE)
    except (TypeError, ValueError) as error:
        raise Rejected(f"It cannot be written as JSON: {error}") from error


def _sound_lines(documents: Iterable[Document]) -> Iterator[bytes]:
    for document in documents:
        try:
            yield _line(document)
        except Rejected:
            continue


def _files(lines: Iterator[bytes]) -> Iterator[BinaryIO]:
    """The lines in files as large as a request may be, so that memory stays flat."""
    first = next(lines, None)
    while first is not None:
        file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
        file.write(first)
        first = None
        for line in lines:
            file.write(line)
            if file.tell() > FILLING_BYTES:
                first = next(lines, None)
                break
        yield file


def _batches(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    size = 0
    for line in lines:
        if batch and size + len(line) > BYTES:
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


def _page(generation: Generation, wanted: dict[str, Any]) -> list[dict[str, Any]]:
    path = f"/indexes/{generation.name}/documents/fetch"
    body = orjson.dumps({**wanted, "fields": ["id", "version"]})
    rows: list[dict[str, Any]] = client.written("POST", path, body)["results"]
    return rows
