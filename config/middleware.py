"""What happens around every request: an id that stands in each log line and in the answer."""

import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.middleware.gzip import GZipMiddleware

log = structlog.get_logger(__name__)
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
SECRET_PATHS = re.compile(
    "^(/feeds/|/account/mail/|/account/password/lost/|/invitations/).*"
)  # whoever has the address may
UNLOGGED_PATHS = ("/static/", "/livez", "/readyz")

Respond = Callable[[HttpRequest], HttpResponse]


def request_id(get_response: Respond) -> Respond:
    """Keep the id that a proxy sent, or make one; answer it as X-Request-Id."""

    def respond(request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        sent = request.headers.get("X-Request-Id", "")
        request_id = sent if REQUEST_ID.fullmatch(sent) else uuid.uuid4().hex
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = get_response(request)
            _log(request, response, milliseconds=(time.perf_counter() - started) * 1000)
        response["X-Request-Id"] = request_id
        return response

    return respond


def _log(request: HttpRequest, response: HttpResponse, *, milliseconds: float) -> None:
    if request.path.startswith(UNLOGGED_PATHS):
        return
    log.info(
        "request",
        method=request.method,
        path=SECRET_PATHS.sub(r"\1...", request.path),
        status=response.status_code,
        milliseconds=round(milliseconds, 1),
    )


def refuse_nul(get_response: Respond) -> Respond:
    """No name of ours holds one, and PostgreSQL takes none in a question."""

    def respond(request: HttpRequest) -> HttpResponse:
        if "\0" in request.path:
            raise BadRequest
        return get_response(request)

    return respond


def compress_answers(get_response: Respond) -> Respond:
    """All but streams of events: a compressor would hold back what was just said."""
    gzip = GZipMiddleware(get_response)

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.get("Content-Type", "").startswith("text/event-stream"):
            return response
        gzip.process_response(request, response)
        return response

    return respond


def compress_pages(get_response: Respond) -> Respond:
    """Pages shrink to a seventh; Django pads them, so that their length tells no secret."""
    gzip = GZipMiddleware(get_response)

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.get("Content-Type", "").startswith("text/html"):
            gzip.process_response(request, response)
        return response

    return respond


METHODS_OF_PAGES = ("GET", "HEAD", "POST", "OPTIONS")


def methods_of_pages(get_response: Respond) -> Respond:
    """Pages are read and sent to, and nothing else, whatever their views would make of it.

    Django's form views take PUT for POST, and those of its admin any method for GET.
    """

    def respond(request: HttpRequest) -> HttpResponse:
        is_api = request.path == "/v1" or request.path.startswith("/v1/")
        if is_api or request.method in METHODS_OF_PAGES:
            return get_response(request)
        return HttpResponseNotAllowed(METHODS_OF_PAGES)

    return respond
