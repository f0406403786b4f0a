"""What a reader sees when something is not there, not allowed, or broken."""

from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts import audit
from catalog.pages import missing


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    audit.note_refusal(request)
    return _page(request, 403, sentence=str(exception))


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without our own token; Django's page for it tells of the settings."""
    return _page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    is_about_models = request.path.startswith("/models/")
    near = missing.near(request.path) if is_about_models else []
    return _page(request, 404, rows=near, path=request.path)


def server_error(request: HttpRequest) -> HttpResponse:
    return _page(request, 500)


def _page(request: HttpRequest, status: int, **more: Any) -> HttpResponse:
    """The id is the one in the log: whoever runs this installation finds the cause by it."""
    request_id = structlog.contextvars.get_contextvars().get("request_id", "")
    return render(request, f"{status}.html", {"request_id": request_id, **more}, status=status)
