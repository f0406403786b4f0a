"""What a reader chose for the pages: language, theme, shortcuts; kept in cookies, set by links.

`?lang=zh-hans`, `?theme=dark` and `?shortcuts=off` work on every page and without JavaScript:
the page answers in the chosen way at once, and the cookie keeps the choice.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict

Respond = Callable[[HttpRequest], HttpResponse]

THEMES = ("auto", "light", "dark")
SHORTCUTS = ("on", "off")
A_YEAR = 365 * 24 * 3600


def choices() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Query parameter: the cookie that keeps it, and its values (the first is the default)."""
    return {
        "lang": (settings.LANGUAGE_COOKIE_NAME, tuple(code for code, _ in settings.LANGUAGES)),
        "theme": (f"{settings.COOKIE_PREFIX}theme", THEMES),
        "shortcuts": (f"{settings.COOKIE_PREFIX}shortcuts", SHORTCUTS),
    }


def preferences(get_response: Respond) -> Respond:
    """Take a choice out of the query string, for this answer and, as a cookie, for the next."""

    def respond(request: HttpRequest) -> HttpResponse:
        chosen = _chosen(request.GET) if request.META["QUERY_STRING"] else {}
        request.COOKIES.update(chosen)
        response = get_response(request)
        for cookie, value in chosen.items():
            response.set_cookie(
                cookie,
                value,
                max_age=A_YEAR,
                samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )
        return response

    return respond


def for_templates(request: HttpRequest) -> dict[str, Any]:
    """Context processor: the choices in force, and the links that change them."""
    theme = _in_force(request, "theme")
    return {
        "theme": theme,
        "theme_cookie": choices()["theme"][0],
        "next_theme": THEMES[(THEMES.index(theme) + 1) % len(THEMES)],
        "shortcuts": _in_force(request, "shortcuts"),
        "languages": settings.LANGUAGES,
        "here": _address_without_choices(request),
        "section": request.path.split("/")[1],
        "canonical_url": f"{settings.PUBLIC_URL}{request.path}",
    }


def _chosen(query: QueryDict) -> dict[str, str]:
    return {
        cookie: value
        for name, (cookie, values) in choices().items()
        if (value := str(query.get(name, ""))) in values
    }


def _in_force(request: HttpRequest, name: str) -> str:
    cookie, values = choices()[name]
    value = request.COOKIES.get(cookie, "")
    return value if value in values else values[0]


def _address_without_choices(request: HttpRequest) -> str:
    """This page's address, ready for one more parameter."""
    query = request.GET.copy()
    for name in choices():
        query.pop(name, None)
    return f"{request.path}?{query.urlencode()}&" if query else f"{request.path}?"
