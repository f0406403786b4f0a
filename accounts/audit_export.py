"""Events of the audit log as JSON lines, read and sent a few hundred at a time."""

from collections.abc import Iterator

import orjson
from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone

from .models import AuditEvent

READ_AT_ONCE = 500
FIELDS = [field.name for field in AuditEvent._meta.get_fields()]


def response(events: QuerySet[AuditEvent]) -> StreamingHttpResponse:
    answer = StreamingHttpResponse(_lines(events), content_type="application/x-ndjson")
    name = f"audit-{timezone.now():%Y-%m-%dT%H%M}.jsonl"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer


def _lines(events: QuerySet[AuditEvent]) -> Iterator[bytes]:
    """Newest first, by place and not by a cursor, which a slow reader would hold open."""
    rows = events.order_by("-pk").values(*FIELDS)
    before: int | None = None
    while True:
        found = list((rows.filter(pk__lt=before) if before else rows)[:READ_AT_ONCE])
        if not found:
            return
        before = found[-1]["id"]
        yield b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in found)
