"""How Meilisearch is spoken to: searches on kept-alive connections with a time limit, the rest
through its official client, which knows neither."""

import time
from functools import cache
from typing import Any

import meilisearch
import orjson
import urllib3
from django.conf import settings

from catalog.search.errors import Unavailable
from catalog.search.meilisearch.index import Search

CONNECTIONS = 16  # kept open a process
CLIENT_SECONDS = 20  # for a request of the worker's


def searching(*, seconds: float | None = None) -> Search:
    """Ask for one search: all its requests have this much time together."""
    until = time.monotonic() + (seconds or settings.SEARCH_SECONDS)

    def search(path: str, body: dict[str, Any]) -> dict[str, Any]:
        return _read(_sent(path, body, until))

    return search


def admin() -> meilisearch.Client:
    """For settings, documents, tasks and swaps; with the key that may write."""
    return meilisearch.Client(
        settings.SEARCH_URL, settings.SEARCH_INDEX_KEY or None, timeout=CLIENT_SECONDS
    )


@cache
def _pool(url: str) -> urllib3.PoolManager:
    return urllib3.PoolManager(maxsize=CONNECTIONS, retries=False)


def _sent(path: str, body: dict[str, Any], until: float) -> urllib3.BaseHTTPResponse:
    left = until - time.monotonic()
    if left <= 0:
        raise Unavailable("Meilisearch is too slow.")
    try:
        return _pool(settings.SEARCH_URL).request(
            "POST",
            settings.SEARCH_URL + path,
            body=orjson.dumps(body),
            headers=_headers(),
            timeout=urllib3.Timeout(total=left),
            retries=urllib3.Retry(connect=0, read=1, redirect=0, other=0, status=0),
        )
    except urllib3.exceptions.TimeoutError as error:
        raise Unavailable("Meilisearch is too slow.") from error
    except urllib3.exceptions.HTTPError as error:
        raise Unavailable("Meilisearch cannot be reached.") from error


def _headers() -> dict[str, str]:
    # Compressed answers come in pieces, and each then waits 40 ms for its acknowledgement.
    headers = {"Content-Type": "application/json", "Accept-Encoding": "identity"}
    if settings.SEARCH_KEY:
        headers["Authorization"] = f"Bearer {settings.SEARCH_KEY}"
    return headers


def _read(response: urllib3.BaseHTTPResponse) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = orjson.loads(response.data)
    except orjson.JSONDecodeError as error:
        raise Unavailable(f"Meilisearch answered {response.status} and no JSON.") from error
    if response.status >= 300:
        raise Unavailable(f"Meilisearch refused: {answer.get('message', response.status)}")
    return answer
