"""Reads the live APIs of outside catalogs page by page, patiently: they limit and they fail."""

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from .reading import NotThere, Raw, Unreadable, parsed

CONNECT_AND_READ_SECONDS = (10, 60)
TRIES = 6
LONGEST_WAIT = 120.0
_WORTH_ANOTHER_TRY = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(slots=True)
class Page:
    """Records, the address of the page after it ("" at the end), and the bytes it took."""

    records: list[Raw]
    following: str
    size: int


def is_address(location: str) -> bool:
    return "://" in location


def pages(address: str, token: str = "") -> Iterator[Page]:
    """The pages from this address on. The token goes to this host only.

    Raises Unreadable where the API cannot be reached or answers with something else.
    """
    _check(address)
    host = _origin(address)
    with requests.Session() as session:
        session.headers["User-Agent"] = "slipway-import"
        if token:
            session.headers["Authorization"] = f"Bearer {token}"
        while address:
            page = _page(session, address)
            yield page
            if page.following and _origin(page.following) != host:
                raise Unreadable(f"{address} names a next page on another host; stopped there.")
            address = page.following


def _check(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise NotThere(f"{address} is no address that can be read; it starts with https://.")


def _origin(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return (parts.scheme, parts.netloc)


def _page(session: requests.Session, address: str) -> Page:
    response = _answer(session, address)
    try:
        document = parsed(response.content)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{address} answers with something that is no JSON: {error}") from error
    records, following = _contents(document, address)
    link = response.links.get("next", {}).get("url") or following
    return Page(
        records=[Raw(record) for record in records],
        following=urljoin(address, link) if link else "",
        size=len(response.content),
    )


def _contents(document: Any, address: str) -> tuple[list[Any], str]:
    """A list, an object with `results` and `next`, or one model."""
    if isinstance(document, list):
        return document, ""
    if not isinstance(document, dict):
        raise Unreadable(f"{address} answers with neither a list nor an object.")
    for key in ("results", "result"):
        if isinstance(document.get(key), list):
            following = document.get("next")
            return document[key], following if isinstance(following, str) else ""
    return [document], ""


def _answer(session: requests.Session, address: str) -> requests.Response:
    """The answer, tried again with growing pauses while the other side is busy or away."""
    problem = ""
    for attempt in range(TRIES):
        try:
            response = session.get(address, timeout=CONNECT_AND_READ_SECONDS, allow_redirects=False)
        except (requests.ConnectionError, requests.Timeout) as error:
            problem = f"cannot be reached ({type(error).__name__})"
            wait = _pause(attempt)
        else:
            if response.status_code == requests.codes.ok:
                return response
            problem = f"answers {response.status_code} {response.reason}"
            if response.status_code not in _WORTH_ANOTHER_TRY:
                break
            wait = _asked_for(response, _pause(attempt))
        if attempt + 1 < TRIES:
            time.sleep(wait)
    raise Unreadable(f"{address} {problem}.")


def _pause(attempt: int) -> float:
    return random.uniform(0.5, 1.0) * 2.0**attempt  # noqa: S311 - spreads clients, keeps no secret


def _asked_for(response: requests.Response, otherwise: float) -> float:
    """The pause that the other side asks for, in seconds."""
    try:
        asked = float(str(response.headers.get("Retry-After", "")))
    except ValueError:
        return otherwise
    return max(0.0, min(asked, LONGEST_WAIT))
