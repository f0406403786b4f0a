"""Keeps what could not be taken, with its reason, for whoever looks after the catalog."""

import json
from collections.abc import Iterable

from catalog.models import ImportReject, ImportRun

from . import cleaning, digests
from .candidates import Candidate

LONGEST_TEXT = 10_000


def keep(run: ImportRun, refused: Iterable[Candidate]) -> None:
    """Each is kept once, however often it comes."""
    rows = [_row(run, candidate) for candidate in refused]
    ImportReject.objects.bulk_create(rows, ignore_conflicts=True)


def _row(run: ImportRun, candidate: Candidate) -> ImportReject:
    body = candidate.raw.body
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else json.dumps(body)
    return ImportReject(
        run=run,
        source=run.source,
        position=candidate.position,
        source_id=_plain(candidate.source_id, 300),
        reason=_plain(candidate.problem, 500),
        text=_plain(text, LONGEST_TEXT),
        digest=digests.whole(body),
    )


def _plain(text: str, limit: int) -> str:
    return cleaning.without_unstorable(text[: limit * 2], "text", [])[:limit]
