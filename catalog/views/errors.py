"""What a reader sees when something is not there, not allowed, or broken."""

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from catalog.pages import missing


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    is_about_models = request.path.startswith("/models/")
    near = missing.near(request.path) if is_about_models else []
    return render(request, "404.html", {"rows": near, "path": request.path}, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """The id is the one in the log: whoever runs this installation finds the cause by it."""
    request_id = structlog.contextvars.get_contextvars().get("request_id", "")
    return render(request, "500.html", {"request_id": request_id}, status=500)
