"""Every route of the API that changes something, or tells what is somebody's, names its scope."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver

from accounts.scopes import Scope, Scoped, SignedIn
from config.api.urls import routes

SAFE = {"get", "head", "options", "query"}


def views(found: list[URLPattern | URLResolver], above: str = "") -> Iterator[tuple[str, Any]]:
    for one in found:
        path = f"{above}{one.pattern}"
        if isinstance(one, URLResolver):
            yield from views(one.url_patterns, path)
        else:
            yield path, one.callback.cls if hasattr(one.callback, "cls") else None


EVERY = [(path, view) for path, view in views(routes) if view is not None]


def answered(view: Any) -> set[str]:
    return {name for name in view.http_method_names if hasattr(view, name)}


def is_named(permission: Any) -> bool:
    return any(isinstance(permission, known) for known in (Scoped, SignedIn))


def permissions(view: Any, method: str) -> list[Any]:
    """What the view asks for when it is called by this method."""
    made = view()
    made.request = type("Request", (), {"method": method.upper()})()
    return list(made.get_permissions())


@pytest.mark.parametrize(("path", "view"), EVERY, ids=[path for path, _view in EVERY])
def test_a_route_names_its_scope_or_is_for_everybody_to_read(path: str, view: Any) -> None:
    for method in answered(view) - {"options"}:
        asked = permissions(view, method)
        is_scoped = bool(asked) and all(map(is_named, asked))
        made = view()
        made.request = type("Request", (), {"method": method.upper()})()
        is_for_everybody = method in SAFE and not made.get_authenticators()

        assert is_scoped or is_for_everybody, f"{method.upper()} {path} names no scope"


def test_the_scopes_that_routes_want_can_be_given() -> None:
    wanted = set()
    for _path, view in EVERY:
        for method in answered(view) - {"options"}:
            for permission in permissions(view, method):
                if isinstance(permission, Scoped):
                    wanted |= {permission.scope, permission.writing}

    assert wanted <= set(Scope.values)
    # All that is told of models today is for everybody.
    assert set(Scope.values) - wanted == {Scope.ALL, Scope.MODELS_READ}
