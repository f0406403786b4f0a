"""Django's table of addresses as lines that people can read: deployments/{owner}/{name}/stop."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.contrib.admindocs.views import simplify_regex
from django.urls import URLPattern, URLResolver
from django.urls.resolvers import RoutePattern

CONVERTED = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Route:
    path: str
    view: Any

    @property
    def is_api(self) -> bool:
        return self.path.startswith("v1")

    @property
    def names(self) -> list[str]:
        return re.findall(r"{(\w+)}", self.path)

    def filled(self, names: dict[str, Any]) -> str:
        return "/" + re.sub(r"{(\w+)}", lambda found: str(names[found[1]]), self.path)


@cache
def routes() -> dict[str, Route]:
    """By their paths, in the order in which they are tried: of two alike the first answers."""
    from config.urls import urlpatterns  # noqa: PLC0415 - the settings are read with it

    found: dict[str, Route] = {}
    for path, view in _walk(urlpatterns, ""):
        found.setdefault(path, Route(path, view))
    return found


def _walk(patterns: list[Any], before: str) -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        path = before + _readable(pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, path)
        else:
            assert isinstance(pattern, URLPattern)
            yield path, pattern.callback


def _readable(pattern: Any) -> str:
    route = str(pattern.pattern)
    if not isinstance(pattern.pattern, RoutePattern):
        route = simplify_regex(route).removeprefix("/")
    return CONVERTED.sub(r"{\1}", route)
