"""What a stream brings, written as numbered rows in small batches as it comes."""

import json
import threading
import time
from typing import Any

from django.db import transaction
from django.db.models import F

from deployments.models import Prediction, PredictionEvent
from deployments.webhooks import noting

from . import outputs, watching
from .claims import Held

KINDS = {"output": PredictionEvent.Kind.OUTPUT, "log": PredictionEvent.Kind.LOGS}
SECONDS = 0.04  # at most so long is a piece held back for others to join it


class LeaseLost(Exception):
    """Somebody else runs it now: asking the model goes on no longer."""


class Pieces:
    """One writer's; its number goes on where the row's stands."""

    def __init__(self, held: Held) -> None:
        self._held = held
        self._lock = threading.Lock()
        self._waiting: list[tuple[PredictionEvent.Kind, str]] = []
        self._written_at = 0.0
        self.count = held.prediction.event_count

    def add(self, kind: str, content: Any) -> None:
        """Raises LeaseLost."""
        text = self._text(kind, content)
        with self._lock:
            self._waiting.append((KINDS[kind], text))
        self.flush_if_due()

    def flush_if_due(self) -> None:
        if self._waiting and time.monotonic() - self._written_at >= SECONDS:
            self.flush()

    def flush(self) -> None:
        with self._lock:
            if self._waiting:
                self._write()

    def _write(self) -> None:
        held, waiting = self._held, self._waiting
        with transaction.atomic():
            if not held.row().update(event_count=F("event_count") + len(waiting)):
                raise LeaseLost(held.prediction.pk)
            PredictionEvent.objects.bulk_create(
                PredictionEvent(
                    prediction_id=held.prediction.pk, number=number, kind=kind, data=text
                )
                for number, (kind, text) in enumerate(waiting, start=self.count + 1)
            )
            held.prediction.event_count = self.count + len(waiting)
            for kind in {kind for kind, _ in waiting}:
                noting.note(held.prediction, kind)
        self.count += len(waiting)
        self._waiting = []
        self._written_at = time.monotonic()
        watching.poke()

    def _text(self, kind: str, content: Any) -> str:
        if kind == "output":
            content = outputs.kept(self._held.prediction, content)
        clean = outputs.storable(content)
        return clean if isinstance(clean, str) else json.dumps(clean)


def told(prediction: Prediction) -> tuple[list[str], str]:
    """Output and log so far, of one that still runs."""
    rows = prediction.events.values_list("kind", "data")
    output = [text for kind, text in rows if kind == PredictionEvent.Kind.OUTPUT]
    logs = "".join(text for kind, text in rows if kind == PredictionEvent.Kind.LOGS)
    return output, logs
