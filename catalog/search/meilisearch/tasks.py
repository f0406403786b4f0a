"""The engine's own word on what it was asked to do: an answer of 202 promises nothing."""

import time
from typing import Any

from catalog.search.errors import Busy, Cause, Rejected, Unavailable
from catalog.search.meilisearch import client

FIRST_PAUSE, LONGEST_PAUSE = 0.01, 0.25  # seconds
RETURNING = (Cause.DOWN, Cause.SLOW)  # An engine that was restarted carries on with its tasks.


def finish(uid: int, *, seconds: float) -> None:
    """Wait until a task has succeeded.

    Raises Rejected, with the engine's words, when what it was given is at fault; Unavailable when
    the engine is; Busy when it takes longer.
    """
    until = time.monotonic() + seconds
    pause = FIRST_PAUSE
    while True:
        task = _told(uid, until)
        if task["status"] == "succeeded":
            return
        if task["status"] in ("failed", "canceled"):
            raise _failure(task)
        if time.monotonic() > until:
            raise Busy(f"Meilisearch is still at work on task {uid}.")
        time.sleep(pause)
        pause = min(pause * 1.5, LONGEST_PAUSE)


def settle(index: str, *, seconds: float) -> None:
    """Wait for what was sent to an index before, by whomever. Raises Busy when it takes longer."""
    wanted = f"/tasks?indexUids={index}&statuses=enqueued,processing&limit=1"
    until = time.monotonic() + seconds
    while True:
        waiting = client.written("GET", wanted)["results"]
        if not waiting:
            return
        finish(int(waiting[0]["uid"]), seconds=until - time.monotonic())


def _told(uid: int, until: float) -> dict[str, Any]:
    try:
        return client.written("GET", f"/tasks/{uid}")
    except Unavailable as error:
        if error.cause not in RETURNING or time.monotonic() > until:
            raise
    return {"status": "unknown"}


def _failure(task: dict[str, Any]) -> Exception:
    told = task.get("error") or {}
    code, words = str(told.get("code", "")), str(told.get("message", task["status"]))
    if task["status"] == "canceled":
        return Unavailable(f"Somebody cancelled task {task['uid']} of Meilisearch.", Cause.REFUSED)
    refusal = client.refusal(400, code, words)
    return Rejected(words) if refusal.cause is Cause.REFUSED else refusal
