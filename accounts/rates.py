"""Limits of reading: how many requests an address may send, and somebody who proved who they are.

They keep crawlers and runaway programs from the others, and nothing else depends on them: what must
hold exactly is in accounts/limits.py. Counting takes microseconds, and in doubt a request passes.
"""

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass

from cachetools import TTLCache
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from rest_framework.exceptions import APIException

from config import addresses
from config.api import problems

from . import tokens
from .counters import Counter, chosen
from .models import User

Respond = Callable[[HttpRequest], HttpResponseBase]
API = ("/v1", "/v1/")
IN_ADDRESS = _lazy(
    "A token stands in the address, where histories and proxies keep it. Revoke that token: "
    "others may have seen it. Programs send theirs as a header."
)
PROVEN_SECONDS = 600
_proven: TTLCache[str, int] = TTLCache(maxsize=10_000, ttl=PROVEN_SECONDS)
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Counted:
    """One request against its limit."""

    policy: str
    most: int
    seconds: int
    used: int
    reset_in: int

    @property
    def is_over(self) -> bool:
        return self.used > self.most


def limited(get_response: Respond) -> Respond:
    """Middleware, inside of what serves static files and machines: those cost nothing.

    Refuses tokens in addresses, too; below /v1 the API did that in its own way.
    """

    def respond(request: HttpRequest) -> HttpResponseBase:
        if tokens.is_one_in(request.META["QUERY_STRING"]):
            return render(request, "400.html", {"sentence": IN_ADDRESS}, status=400)
        credential = _credential(request)
        counted = _count(request, credential)
        if counted and counted.is_over:
            response = _refused(request, counted)
        else:
            response = get_response(request)
            _learn(request, credential, response)
        if counted and _is_api(request):
            _tell(response, counted)
        return response

    # What a page's view raises when a strict limit is reached; the API's views tell it themselves.
    respond.process_exception = _as_page  # type: ignore[attr-defined]
    return respond


def forget() -> None:
    """For tests."""
    with _lock:
        _proven.clear()
    chosen.cache_clear()


def _count(request: HttpRequest, credential: str) -> Counted | None:
    user = _proven_by(credential)
    policy = "per-user" if user else "per-address"
    rate = settings.LIMIT_PER_USER if user else settings.LIMIT_PER_ADDRESS
    if rate is None:
        return None
    most, seconds = rate
    key = f"user:{user}" if user else f"address:{addresses.counted(addresses.of(request))}"
    counter: Counter = chosen()
    found = counter.count(key, seconds)
    return Counted(policy, most, seconds, *found) if found else None


def _credential(request: HttpRequest) -> str:
    """A hash of what the request shows to prove who sends it; empty without."""
    shown = request.META.get("HTTP_AUTHORIZATION") or request.COOKIES.get(
        settings.SESSION_COOKIE_NAME
    )
    return hashlib.sha256(shown.encode(errors="replace")).hexdigest() if shown else ""


def _proven_by(credential: str) -> int | None:
    """Only what was proven a while ago in this process counts as somebody: anybody can make up a
    token for each request, and those count by their address."""
    if not credential:
        return None
    with _lock:
        return _proven.get(credential)


def _learn(request: HttpRequest, credential: str, response: HttpResponseBase) -> None:
    """From what a view looked up anyway; the session is not read for this."""
    known = request.__dict__
    user = known.get("_cached_user") or known.get("user")
    is_nobody = response.status_code == 401 or "_cached_user" in known
    with _lock:
        if credential and type(user) is User and response.status_code != 401:
            _proven[credential] = user.pk
        elif credential and is_nobody:
            _proven.pop(credential, None)


def _is_api(request: HttpRequest) -> bool:
    return request.path_info == API[0] or request.path_info.startswith(API[1])


def _tell(response: HttpResponseBase, counted: Counted) -> None:
    """As draft-ietf-httpapi-ratelimit-headers-10 says."""
    left = max(0, counted.most - counted.used)
    response["RateLimit-Policy"] = f'"{counted.policy}";q={counted.most};w={counted.seconds}'
    response["RateLimit"] = f'"{counted.policy}";r={left};t={counted.reset_in}'


def _refused(request: HttpRequest, counted: Counted) -> HttpResponseBase:
    limit = problems.Limit(
        name=counted.policy,
        most=counted.most,
        used=counted.used - 1,
        unit="requests",
        reset_in=counted.reset_in,
    )
    error = problems.LimitReached(_sentence(counted), limit)
    if _is_api(request):
        return problems.limit_reached(request, error)
    return _page(request, error)


def _sentence(counted: Counted) -> str:
    told = {"most": counted.most, "window": counted.seconds, "seconds": counted.reset_in}
    if counted.policy == "per-user":
        return (
            _("You sent more than %(most)s requests within %(window)s seconds. ")
            + _("Wait %(seconds)s seconds; whoever runs this installation sets the limit.")
        ) % told
    return (
        _("Your address sent more than %(most)s requests within %(window)s seconds. ")
        + _("Wait %(seconds)s seconds, or sign in or send a token: people may send more.")
    ) % told


def _as_page(request: HttpRequest, error: Exception) -> HttpResponseBase | None:
    if isinstance(error, APIException) and error.status_code in (402, 429, 503):
        return _page(request, error)
    return None


def _page(request: HttpRequest, error: APIException) -> HttpResponseBase:
    status = error.status_code
    if status == 503:
        request.user = AnonymousUser()  # the database cannot say who somebody is
    page = error.limit.page if isinstance(error, problems.LimitReached) else ""
    told = {"status": status, "sentence": str(error.detail), "page": page}
    response = render(request, "limited.html", told, status=status)
    wait = getattr(error, "wait", None)
    if wait:
        response["Retry-After"] = str(wait)
    response["Cache-Control"] = "no-store"
    return response
