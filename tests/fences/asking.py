"""Asks each route as each of them, and takes back whatever that did."""
# ruff: noqa: PLC0415 - read before the settings are

import json
from contextlib import contextmanager
from typing import Any

from .bodies import AS_FORMS, BODIES
from .routes import Route
from .world import ACTORS, HERS, THEIRS, World

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
UNSAFE = METHODS[1:]
# Who asks of things that both owners have, where nothing but the owner differs.
OF_BOTH = ("nobody", "other", "curator", "administrator")


@contextmanager
def taken_back() -> Any:
    from django.db import transaction

    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def ask(world: World, route: Route, method: str, actor: str, whose: str, client: Any = None) -> Any:
    client = client or world.client(actor, is_api=route.is_api)
    body = BODIES.get((method, route.path))
    path = world.path(route, whose)
    options: dict[str, Any] = {"headers": {"Prefer": "respond-async"}}
    if method != "GET" and (route.is_api or method != "POST") and route.path not in AS_FORMS:
        options |= {"content_type": "application/json"}
    send = getattr(client, method.lower())
    with taken_back():
        response = send(path, body(world, whose) if body else {}, **options)
    if response.streaming:
        _end(response)
    return response


def _end(response: Any) -> None:
    """As Django's client ends what does not stream: the transaction keeps its connection."""
    from django.core.signals import request_finished
    from django.db import close_old_connections

    request_finished.disconnect(close_old_connections)
    response.close()
    request_finished.connect(close_old_connections)


def answers(world: World, route: Route, method: str) -> list[str]:
    """One status for each of the actors; of what both own, `a/b` where two answers differ."""
    return [answer(world, route, method, actor) for actor in ACTORS]


def answer(world: World, route: Route, method: str, actor: str) -> str:
    if actor == "owner":
        return str(ask(world, route, method, actor, HERS).status_code)
    theirs = str(ask(world, route, method, actor, THEIRS).status_code)
    if actor not in OF_BOTH or world.path(route, HERS) == world.path(route, THEIRS):
        return theirs
    hers = str(ask(world, route, method, actor, HERS).status_code)
    return theirs if theirs == hers else f"{theirs}/{hers}"


def is_answered(world: World, route: Route, method: str) -> bool:
    """Not by 405 to who may do the most with it."""
    asked = (("owner", HERS), ("admin", THEIRS))
    return all(ask(world, route, method, *one).status_code != 405 for one in asked)


def problem_of(response: Any) -> str:
    if not response.content or "json" not in response.get("Content-Type", ""):
        return ""
    return str(json.loads(response.content).get("detail", ""))
