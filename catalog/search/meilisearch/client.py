"""How Meilisearch is spoken to: requests on kept-alive connections with a time limit, and its
official client, which has neither, for settings, keys, tasks and swaps."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import meilisearch
import orjson
import requests
from django.conf import settings
from meilisearch.errors import (
    MeilisearchApiError,
    MeilisearchCommunicationError,
    MeilisearchError,
    MeilisearchTimeoutError,
)

from catalog.search.errors import Cause, Unavailable
from catalog.search.meilisearch import versions
from catalog.search.meilisearch.connections import Answer, Body, Pool
from catalog.search.meilisearch.index import Search

WRITING_SECONDS = 60.0  # for one request of the worker's; it only hands over what is to be done
WATCHING_SECONDS = 1.5
JSON, LINES = "application/json", "application/x-ndjson"
CAUSES = {
    "index_not_found": Cause.MISSING,
    "no_space_left_on_device": Cause.FULL,
    "database_size_limit_reached": Cause.FULL,
    "io_error": Cause.FULL,
    "invalid_api_key": Cause.KEY,
    "missing_authorization_header": Cause.KEY,
    "too_many_search_requests": Cause.SLOW,
}
SENTENCES = {
    Cause.KEY: "Meilisearch does not take this key",
    Cause.MISSING: "Meilisearch has no such index",
    Cause.FULL: "Meilisearch has no space left",
    Cause.SLOW: "Meilisearch has too much to do",
}


def searching(*, seconds: float | None = None) -> Search:
    """Ask for one search: all its requests have this much time together."""
    until = time.monotonic() + (seconds or settings.SEARCH_SECONDS)

    def search(path: str, body: dict[str, Any]) -> dict[str, Any]:
        versions.check(lambda: watched("/version", until=until))
        return _asked("POST", path, orjson.dumps(body), settings.SEARCH_KEY, until)

    return search


def watched(path: str, *, until: float) -> dict[str, Any]:
    """What the engine tells of itself, with the key that may only look."""
    return _asked("GET", path, None, settings.SEARCH_WATCH_KEY, until)


def written(
    method: str, path: str, body: Body | None = None, *, kind: str = JSON
) -> dict[str, Any]:
    """For documents and tasks, with the key that may write."""
    until = time.monotonic() + WRITING_SECONDS
    return _asked(method, path, body, settings.SEARCH_INDEX_KEY, until, kind=kind)


@contextmanager
def official(key: str | None = None) -> Iterator[meilisearch.Client]:
    """The official client. What it raises comes out as Unavailable, in words."""
    key = settings.SEARCH_INDEX_KEY if key is None else key
    client = meilisearch.Client(settings.SEARCH_URL, key or None, timeout=int(WRITING_SECONDS))
    try:
        yield client
    except MeilisearchApiError as error:
        raise refusal(error.status_code, error.code, error.message) from error
    except MeilisearchTimeoutError as error:
        raise Unavailable("Meilisearch did not answer in time.", Cause.SLOW) from error
    except MeilisearchCommunicationError as error:
        raise Unavailable("Meilisearch cannot be reached.", Cause.DOWN) from error
    except (MeilisearchError, requests.RequestException) as error:
        raise Unavailable(f"Meilisearch did not answer: {error}", Cause.REFUSED) from error


def refusal(status: int, code: str | None, words: str) -> Unavailable:
    """What an answer that is an error means."""
    known = Cause.KEY if status in (401, 403) else Cause.REFUSED
    # A full disk has several codes, "internal" among them, but always the system's own words.
    is_full = "no space left" in words.lower()
    cause = Cause.FULL if is_full else CAUSES.get(code or "", known)
    return Unavailable(f"{SENTENCES.get(cause, 'Meilisearch refused')}: {words}", cause)


def _asked(
    method: str, path: str, body: Body | None, key: str, until: float, *, kind: str = JSON
) -> dict[str, Any]:
    pool = _pool(settings.SEARCH_URL, os.getpid())
    headers = _headers(key, kind if body is not None else "")
    return _read(pool.ask(method, path, body=body, headers=headers, until=until))


@cache
def _pool(url: str, process: int) -> Pool:
    return Pool(url)


def _headers(key: str, kind: str) -> dict[str, str]:
    # Compressed answers come in pieces, and each then waits 40 ms for its acknowledgement.
    headers = {"Accept-Encoding": "identity"}
    if kind:
        headers["Content-Type"] = kind
    if key:
        headers["Authorization"] = f"Bearer {key}"
    return headers


def _read(answer: Answer) -> dict[str, Any]:
    try:
        found = orjson.loads(answer.body)
    except orjson.JSONDecodeError as error:
        sentence = f"What answers at SEARCH_URL is no Meilisearch (status {answer.status})."
        raise Unavailable(sentence, Cause.REFUSED) from error
    if not isinstance(found, dict):
        raise Unavailable("What answers at SEARCH_URL is no Meilisearch.", Cause.REFUSED)
    if answer.status >= 300:
        words = str(found.get("message", f"status {answer.status}"))
        raise refusal(answer.status, found.get("code"), words)
    return found
