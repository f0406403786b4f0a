"""Around every request below /v1: errors as problems, open to browsers, revalidated by ETag."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.http import ConditionalGetMiddleware
from django.urls import Resolver404, resolve
from django.utils.cache import patch_cache_control

from accounts import tokens

from . import problems

Respond = Callable[[HttpRequest], HttpResponseBase]

IN_ADDRESS = (
    "A token stands in the address, where proxies and histories keep it. Send it as the header "
    "`Authorization: Bearer slip_...`, and revoke this one: others may have seen it."
)
METHODS = "GET, HEAD, OPTIONS, QUERY, POST, PUT, PATCH, DELETE"
SENTENCES = {
    400: "The request cannot be understood. Is its Host one that this installation answers to?",
    404: "There is nothing at this address; /docs/api lists what there is.",
    500: "Something broke here, and it is not your fault. Try again; if it stays, tell the "
    "operator the request_id.",
}


def api(get_response: Respond) -> Respond:
    def respond(request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith("/v1/") and request.path != "/v1":
            return get_response(request)
        if request.method == "OPTIONS":
            response: HttpResponseBase = _preflight(request.path_info)
        elif tokens.is_one_in(request.META["QUERY_STRING"]):
            response = problems.problem(request, 400, IN_ADDRESS)
        else:
            response = get_response(request)
        response = _as_problem(request, response)
        _open_to_browsers(response)
        return _with_caching(request, response)

    return respond


def _preflight(path: str) -> HttpResponse:
    """Any page may ask: cookies never come along to another host's pages, so there is nothing to
    borrow; a token has to be put there by whoever has it."""
    response = HttpResponse(status=204)
    response["Access-Control-Allow-Methods"] = METHODS
    response["Access-Control-Allow-Headers"] = (
        "Authorization, Cancel-After, Content-Type, Idempotency-Key, Last-Event-ID, Prefer"
    )
    response["Access-Control-Max-Age"] = "86400"
    response["Allow"] = ", ".join(_methods(path))
    return response


def _methods(path: str) -> list[str]:
    """What the route answers, and what any answers where there is none."""
    try:
        view: Any = resolve(path).func
    except Resolver404:
        return METHODS.split(", ")
    answered = [name for name in METHODS.split(", ") if hasattr(view.cls, name.lower())]
    return sorted({*answered, "HEAD"} if "GET" in answered else answered)


def _open_to_browsers(response: HttpResponseBase) -> None:
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = (
        "Content-Location, ETag, Link, Location, RateLimit, RateLimit-Policy, Retry-After, "
        "X-Request-Id"
    )


def _as_problem(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Errors from outside the API's own views (unknown routes, bugs) are pages for people."""
    status = response.status_code
    if status == 404 and request.path.endswith("/"):
        right = request.path.rstrip("/")
        return problems.problem(request, status, f"Routes end without a slash: {right}")
    if status < 400 or response.get("Content-Type", "") == problems.CONTENT_TYPE:
        return response
    return problems.problem(request, status, SENTENCES.get(status, response.reason_phrase))


def _with_caching(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Kept by anybody, but asked for again each time: unchanged answers cost a 304.

    What somebody is told by name is theirs alone to keep.
    """
    if response.status_code >= 400:
        patch_cache_control(response, no_store=True)
        return response
    if request.method not in ("GET", "HEAD") or not isinstance(response, HttpResponse):
        return response
    if "Cache-Control" not in response:
        is_named = settings.SESSION_COOKIE_NAME in request.COOKIES
        is_named = is_named or "Authorization" in request.headers
        patch_cache_control(response, no_cache=True, **{"private" if is_named else "public": True})
    return ConditionalGetMiddleware(lambda _: response).process_response(request, response)
