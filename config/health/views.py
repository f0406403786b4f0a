"""The three doors: /livez and /readyz for machines, /status for people."""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language, override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from . import checks
from .parts import Part, State, ask

Respond = Callable[[HttpRequest], HttpResponse]
KEPT_SECONDS = 3.0  # However many people look, the parts are asked once in so long.
_latest: dict[str | None, tuple[float, list[Part]]] = {}


@require_safe
@never_cache
def livez(request: HttpRequest) -> HttpResponse:
    """This process answers; nothing else is asked."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Whether requests should be sent here: only what no page can do without decides."""
    parts = ask(checks.NEEDED)
    is_ready = all(part.state is State.OK for part in parts)
    answer = {
        "status": "ok" if is_ready else "not ready",
        "parts": [_public(part) for part in parts],
    }
    return JsonResponse(answer, status=200 if is_ready else 503)


@require_safe
@never_cache
def status(request: HttpRequest) -> HttpResponse:
    """How every part is; what could help an attacker only for staff."""
    parts = _parts()
    is_staff, worst = _is_staff(request, parts), worst_of(parts)
    if _wants_json(request):
        shown = [_detailed(part) if is_staff else _public(part) for part in parts]
        return JsonResponse({"status": worst, "parts": shown})
    return render(request, "status.html", {"parts": parts, "worst": worst, "shows_facts": is_staff})


def doors(get_response: Respond) -> Respond:
    """Middleware: machines are answered before the host name, TLS or a session is looked at.

    A supervisor asks by address, and must hear of this process alone.
    """

    def respond(request: HttpRequest) -> HttpResponse:
        door = {"/livez": livez, "/readyz": readyz}.get(request.path_info)
        if door is None:
            return get_response(request)
        # Nobody chose a language yet, and the thread still has that of its last page.
        with override(settings.LANGUAGE_CODE):
            return door(request)

    return respond


def worst_of(parts: list[Part]) -> State:
    order = (State.DOWN, State.DEGRADED)
    states = {part.state for part in parts}
    return next((state for state in order if state in states), State.OK)


def _parts() -> list[Part]:
    language = get_language()
    asked_at, parts = _latest.get(language, (0.0, []))
    if not parts or time.monotonic() - asked_at > KEPT_SECONDS:
        parts = ask(checks.ALL)
        _latest[language] = (time.monotonic(), parts)
    return parts


def _is_staff(request: HttpRequest, parts: list[Part]) -> bool:
    """Nobody is, while the database cannot say who somebody is; the template asks again."""
    if any(part.name in checks.NEEDED and part.state is State.DOWN for part in parts):
        request.user = AnonymousUser()
    return bool(request.user.is_staff)


def _wants_json(request: HttpRequest) -> bool:
    if "format" in request.GET:
        return request.GET["format"] == "json"
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def _public(part: Part) -> dict[str, Any]:
    return {
        "name": part.name,
        "state": part.state,
        "sentence": part.sentence,
        "advice": part.advice,
    }


def _detailed(part: Part) -> dict[str, Any]:
    return {**_public(part), "facts": dict(part.facts)}
