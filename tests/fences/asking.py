"""Asks each route as each of them, and takes back whatever that did."""
# ruff: noqa: PLC0415 - read before the settings are

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from .bodies import AS_FORMS, body_of
from .routes import Route
from .world import ACTORS, HERS, THEIRS, World

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
UNSAFE = METHODS[1:]
WRITES = re.compile(r'(?:INSERT (?:OR \w+ )?INTO|UPDATE|DELETE FROM) "?(\w+)')
# What is noted of whoever asks, whatever they get: what was refused, and where they wanted to go.
OF_ASKING = {"accounts_auditevent", "django_session"}
# One's own, made when it is first looked at: by GET too, and by no refusal.
MADE_WHEN_READ = {"account_emailaddress", "deployments_webhookkey"}
# Who asks of things that both owners have, where nothing but the owner differs.
OF_BOTH = ("nobody", "other", "curator", "administrator")


@contextmanager
def taken_back() -> Any:
    from django.db import transaction

    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def watched() -> Iterator[set[str]]:
    """The tables that are written to meanwhile, whatever came of it."""
    from django.db import connection

    written = set()

    def note(execute: Callable[..., Any], sql: str, *args: Any) -> Any:
        if found := WRITES.match(sql):
            written.add(found[1])
        return execute(sql, *args)

    with connection.execute_wrapper(note):
        yield written


def ask(world: World, route: Route, method: str, actor: str, whose: str, client: Any = None) -> Any:
    client = client or world.client(actor, is_api=route.is_api)
    path = world.path(route, whose)
    options: dict[str, Any] = {"headers": {"Prefer": "respond-async"}}
    if method != "GET" and (route.is_api or method != "POST") and route.path not in AS_FORMS:
        options |= {"content_type": "application/json"}
    send = getattr(client, method.lower())
    sent = body_of(world, method, route.path, actor, whose)
    with taken_back(), watched() as written:
        response = send(path, sent, **options)
    response.written = written
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
        return _told(ask(world, route, method, actor, HERS), method)
    theirs = _told(ask(world, route, method, actor, THEIRS), method)
    if actor not in OF_BOTH or world.path(route, HERS) == world.path(route, THEIRS):
        return theirs
    hers = _told(ask(world, route, method, actor, HERS), method)
    return theirs if theirs == hers else f"{theirs}/{hers}"


def _told(response: Any, method: str) -> str:
    """The status, with `-` where nobody was refused and nothing changed all the same; no line has
    what is told when something was written by reading or a refusal.
    """
    written = response.written - OF_ASKING
    if method == "GET" or is_refused(response):
        return f"{response.status_code}{_wrongly(response)}"
    return f"{response.status_code}{'' if written else '-'}"


def _wrongly(response: Any) -> str:
    written = wrongly_written(response)
    return f", and {', '.join(sorted(written))} was written to" if written else ""


def wrongly_written(response: Any) -> set[str]:
    """The tables that a request that reads or was refused wrote to."""
    written: set[str] = response.written - OF_ASKING
    return written if is_refused(response) else written - MADE_WHEN_READ


def is_refused(response: Any) -> bool:
    return response.status_code >= 400 or "/login" in response.get("Location", "")


def is_answered(world: World, route: Route, method: str) -> bool:
    """Not by 405 to who may do the most with it."""
    asked = (("owner", HERS), ("admin", THEIRS))
    return all(ask(world, route, method, *one).status_code != 405 for one in asked)


def problem_of(response: Any) -> str:
    if not response.content or "json" not in response.get("Content-Type", ""):
        return ""
    return str(json.loads(response.content).get("detail", ""))
