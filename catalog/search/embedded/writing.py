"""Fills generations of the embedded index; one writer at a time."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

import tantivy

from catalog.search.documents import Document
from catalog.search.embedded import schema
from catalog.search.embedded.generations import Generation, current
from catalog.search.embedded.reading import count_of
from catalog.search.errors import Rejected, Unavailable

# Bytes that the engine buffers before it writes a segment; held only while writing.
HEAP = 48_000_000


def put(
    generation: Generation,
    documents: Iterable[Document],
    gone: Iterable[int] = (),
    *,
    seconds: float = 0,
) -> None:
    """Add or replace these, remove those of the ids in `gone`, in one commit. Needs write_lock.

    Raises Rejected when one of them cannot be taken: then none is in. It takes as long as it takes.
    """
    batch = list(documents)
    replaced = [*gone, *(document.id for document in batch)]
    filled = [_filled(document) for document in batch]
    with _writer(generation) as writer:
        # By query: deleting by term misreads whole numbers in tantivy 0.27, and deletes nothing.
        writer.delete_documents_by_query(_with_ids(replaced))
        for document in filled:
            writer.add_document(document)
        writer.commit()


def fill(generation: Generation, documents: Iterable[Document]) -> int:
    """Fill an empty generation; nobody else may know of it yet. Returns how many there were.

    What cannot be taken is missing: bringing it in step shows which.
    """
    count = 0
    with _writer(generation) as writer:
        for document in documents:
            with suppress(Rejected):
                writer.add_document(_filled(document))
            count += 1
        writer.commit()
    return count


def settle(generation: Generation, *, seconds: float) -> None:
    """Nothing is on its way: a commit is done when put() returns."""


def facts() -> dict[str, object]:
    """Of the current generation, for people who look after it. Raises Unavailable."""
    generation = current()
    if not generation.is_readable:
        raise Unavailable("The search index is of another version of Slipway.")
    try:
        committed_at = datetime.fromtimestamp(generation.committed_at(), UTC)
    except OSError as error:
        raise Unavailable("The search index cannot be read.") from error
    return {
        "generation": generation.name,
        "documents": count(generation),
        "committed_at": committed_at,
    }


def versions_of(generation: Generation, ids: Sequence[int]) -> dict[int, int]:
    """The version of each of these that the generation holds."""
    return _versions(_searcher(generation), _with_ids(ids)) if ids else {}


def versions_between(generation: Generation, first: int, last: int) -> dict[int, int]:
    """The version of each document whose id is within these bounds, both included."""
    within = tantivy.Query.range_query(
        schema.the_schema(),
        "id",
        tantivy.FieldType.Unsigned,
        lower_bound=max(first, 0),
        upper_bound=last,
    )
    return _versions(_searcher(generation), within)


def id_of(generation: Generation, key: str) -> int | None:
    """The id under which a model's owner/name is found."""
    searcher = _searcher(generation)
    wanted = tantivy.Query.term_query(schema.the_schema(), "key", key)
    hits = searcher.search(wanted, limit=1).hits
    ids = searcher.fast_field_values("id", [address for _, address in hits])
    return int(ids[0]) if ids and ids[0] is not None else None


def count(generation: Generation) -> int:
    return _searcher(generation).num_docs


def _filled(document: Document) -> tantivy.Document:
    try:
        return schema.fields(document)
    except (ValueError, OverflowError) as error:
        raise Rejected(str(error)) from error


def _with_ids(ids: Sequence[int]) -> tantivy.Query:
    return tantivy.Query.term_set_query(schema.the_schema(), "id", list(ids))


def _searcher(generation: Generation) -> tantivy.Searcher:
    try:
        return generation.open().searcher()
    except ValueError as error:
        raise Unavailable("The search index cannot be read.") from error


def _versions(searcher: tantivy.Searcher, wanted: tantivy.Query) -> dict[int, int]:
    expected = count_of(searcher.search(wanted, limit=1))
    if not expected:
        return {}
    hits = searcher.search(wanted, limit=expected, count=False).hits
    addresses = [address for _, address in hits]
    ids = searcher.fast_field_values("id", addresses)
    held = searcher.fast_field_values("version", addresses)
    return {int(id or 0): int(version or 0) for id, version in zip(ids, held, strict=True)}


@contextmanager
def _writer(generation: Generation) -> Iterator[tantivy.IndexWriter]:
    try:
        writer = generation.open().writer(HEAP, 1)
    except (ValueError, OSError) as error:
        raise Unavailable("The search index cannot be written to.") from error
    try:
        yield writer
    except (ValueError, OSError) as error:
        raise Unavailable("Writing to the search index failed.") from error
    finally:
        writer.wait_merging_threads()
