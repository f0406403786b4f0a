"""The end of an instance's log, for the sentence that says why it failed."""

import json
import os
from pathlib import Path

from django.conf import settings

from deployments.models import Instance

LINES, BYTES = 10, 16_384


def of(instance: Instance, detail: str) -> str:
    """What the runtime said, and the last lines that the model said itself."""
    path = settings.VAR_DIR / "instances" / instance.key / "log.jsonl"
    said = [line for line in _tail(path) if line and line not in detail]
    return "\n".join([*([detail] if detail else []), *said[-LINES:]])[-4000:]


def _tail(path: Path) -> list[str]:
    try:
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - BYTES))
            lines = file.read().decode(errors="replace").splitlines()
    except OSError:
        return []
    return [_text(line) for line in lines]


def _text(line: str) -> str:
    try:
        found = json.loads(line)
    except ValueError:
        return ""  # the first one may be cut
    return str(found.get("text", "")).rstrip() if isinstance(found, dict) else ""
