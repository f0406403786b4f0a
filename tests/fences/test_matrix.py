"""Who may do what: every address of Django's table and every method, asked as each of them.

`matrix.txt` holds a line for each. A new address or method fails here until somebody has said in a
line who may. What tokens of a scope or with a limit may do stands in `scopes.txt`.

All of it is asked on SQLite. On PostgreSQL, whose answers could differ by how it finds rows and no
further, each line is asked as three; with MATRIX=all in the environment everything is asked there.
"""

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from . import asking
from .routes import Route, routes
from .world import ACTORS, HERS, MEMBERS, THEIRS, World, build

pytestmark = pytest.mark.django_db
ASKS_ALL = os.environ.get("MATRIX") == "all"
FEWER = ("other", "developer", "owner")
HERE = Path(__file__).parent
MATRIX, SCOPES = HERE / "matrix.txt", HERE / "scopes.txt"
AGAIN = "v1/v1/"  # the same routes once more, see test_the_second_prefix
ADMIN = "admin/"
# A mail program's own button sends no cookie, so no token: the address is the right to do it.
NEEDS_NO_TOKEN = {"account/mail/{token}"}
# Doors that anybody may knock at, and what they can change is their own way in.
OPEN_DOORS = ("account/login", "account/signup", "account/password/lost", "account/mail/")
OPEN_DOORS += ("account/services/", "invitations/")
FOR_NOBODY = {"account/login", "account/signup"}
# To strangers: what is others' is 404, and where it is named in a body the name is what is wrong.
NOT_THERE = ("404", "400")
# What answers by what somebody is themselves: whether they have a second factor, and whether others
# need them, as the one admin of an organisation or the last administrator.
OF_ONESELF = {"account/second-factor/sure", "account/second-factor/app/remove", "account/close"}
STUCK, COMES_THROUGH = {"400", "402", "409", "415", "422"}, {"200", "201", "202", "204", "302"}
# What even those who may change nothing by in this world, and why.
UNCONVINCED = {
    # A bundle is a program: tests/deployments/bundles push real ones.
    "v1/models/{owner}/{name}/versions",
    # Nothing but the session is another afterwards, or what is told is all there is.
    *("v1/deployments/preflight", "account/logout", "account/password/lost"),
    # A lost password is renewed by mail, which is not sent here; a first one is for who has none.
    *("account/password/lost/{uidb36}-{key}", "account/password/first"),
    # A code, and a key's answer, are made for one session: tests/accounts/test_second_factor.py.
    *("account/login/key", "account/second-factor/code", "account/second-factor/sure"),
    *("account/second-factor/sure/key", "account/second-factor/app"),
    *("account/second-factor/codes.txt", "account/second-factor/keys"),
    *("account/second-factor/keys/new", "account/second-factor/keys/{pk}/remove"),
    "account/second-factor/keys/{pk}/name",
    # Other services come with settings: tests/accounts/test_services.py.
    "account/services",
    *(f"account/services/{one}" for one in ("github", "google", "by/{provider_id}")),
    *(f"account/services/{one}/back" for one in ("github", "google", "by/{provider_id}")),
}
# Where the admin's door itself stands, and what leads everybody somewhere else.
ADMIN_DOORS = ("admin/login/", "admin/logout/", "admin/password_change/", "admin/{url}")


def lines(file: Path) -> dict[tuple[str, str], list[str]]:
    found = {}
    for line in file.read_text().splitlines():
        if line and not line.startswith("#"):
            path, method, *rest = line.split()
            found[path.removeprefix("/"), method] = rest
    return found


def pages_and_api() -> list[Route]:
    return [one for one in routes().values() if not one.path.startswith((AGAIN, ADMIN))]


def admin_pages() -> list[Route]:
    every = [one for one in routes().values() if one.path.startswith(ADMIN)]
    return [one for one in every if not one.path.startswith(ADMIN_DOORS)]


def lists_of_the_admin() -> list[str]:
    """admin/app/table/"""
    parts = {one.path: one.path.split("/") for one in admin_pages()}
    return [path for path, of in parts.items() if len(of) == 4 and "{" not in path]


def on_sqlite(test: Any) -> Any:
    """Not on PostgreSQL, unless everything is asked."""
    return test if ASKS_ALL else pytest.mark.any_database(test)


TABLE = lines(MATRIX)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[World]:
    """Built once; whatever a question changes is taken back, and all of it in the end."""
    from django.db import transaction  # noqa: PLC0415

    logging.disable()  # some thousand lines that nobody reads
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        yield build()
        transaction.set_rollback(True)
    logging.disable(logging.NOTSET)


@on_sqlite
def test_each_line_is_about_an_address_that_there_is() -> None:
    gone = {path for path, _method in TABLE if path not in routes()}

    assert not gone, f"These addresses are gone; take their lines out of {MATRIX.name}: {gone}"


@pytest.mark.parametrize("route", pages_and_api(), ids=lambda route: route.path or "/")
def test_who_may_do_what(world: World, route: Route) -> None:
    wrong = []
    for method in asking.METHODS:
        expected = TABLE.get((route.path, method))
        if expected is None:
            wrong += _unlisted(world, route, method) if _asks_all() else []
            continue
        said = _columns(expected)
        asked = {actor: asking.answer(world, route, method, actor) for actor in said}
        if asked != said:
            wrong.append(f"/{route.path} {method}: {said} is said, {asked} answered.")

    assert not wrong, "\n".join(wrong)


def _unlisted(world: World, route: Route, method: str) -> list[str]:
    if not asking.is_answered(world, route, method):
        return []
    return [
        f"/{route.path} answers {method}, and tests/fences/matrix.txt does not say who may. Add a "
        "line, once it is right: " + _line(route, method, asking.answers(world, route, method))
    ]


def _columns(expected: list[str]) -> dict[str, str]:
    """Who is asked, and what they get: fewer where all who signed in get the same."""
    said = dict(zip(("nobody", "other") if len(expected) == 2 else ACTORS, expected, strict=True))
    if _asks_all():
        return said
    return {actor: status for actor, status in said.items() if actor in FEWER}


def _asks_all() -> bool:
    from django.db import connection  # noqa: PLC0415

    return ASKS_ALL or connection.vendor == "sqlite"


def _line(route: Route, method: str, statuses: list[str]) -> str:
    nobody, *others = statuses
    if len({*others}) == 1:
        statuses = [nobody, others[0]]
    return " ".join([f"/{route.path}", method, *statuses])


# What the table says must be so, whoever wrote its lines.


@on_sqlite
def test_no_line_gives_more_than_its_reader_has() -> None:
    wrong = [
        f"/{path} {method}: {sentence}"
        for (path, method), statuses in TABLE.items()
        for sentence in _wrong(path, method, dict(zip(ACTORS, _for_all(statuses), strict=True)))
    ]

    assert not wrong, "\n".join(wrong)


def _wrong(path: str, method: str, said: dict[str, str]) -> Iterator[str]:
    if method != "GET" and not path.startswith(OPEN_DOORS) and _is_done(said["nobody"]):
        yield "nobody changes anything but at the doors."
    if path in OF_ONESELF:
        return
    for lesser, more in (("viewer", "developer"), ("developer", "admin"), ("other", "viewer")):
        if _is_done(said[lesser]) and not _is_done(said[more]):
            yield f"{lesser} may, and {more} may not."
    is_owned = said["other"] not in (said["owner"], said["admin"])
    for stranger in ("other", "curator", "administrator"):
        if is_owned and said[stranger] not in NOT_THERE:
            yield f"to {stranger} others' things are not there."


@on_sqlite
def test_whoever_may_comes_through() -> None:
    """A line that tells even them what is wrong with what they sent says nothing of who may; no
    more does one by which nobody changes anything (`-`).
    """
    stuck = {
        path
        for (path, method), statuses in TABLE.items()
        if method != "GET" or STUCK.intersection(statuses)
        if not COMES_THROUGH.intersection(_of_who_may(path, statuses))
    }

    assert stuck == UNCONVINCED, "Give these a valid body in tests/fences/bodies.py."


def _of_who_may(path: str, statuses: list[str]) -> list[str]:
    return statuses[:1] if path in FOR_NOBODY else statuses[1:]


def _for_all(statuses: list[str]) -> list[str]:
    if len(statuses) > 2:
        return statuses
    return [statuses[0], *statuses[-1:] * (len(ACTORS) - 1)]


def _is_done(status: str) -> bool:
    """302 is how pages answer what they did, and how they send nobody to the sign-in."""
    return status in ("200", "201", "204")


# Without a token of a form nothing is changed by a page.


def _changing(*, is_api: bool) -> list[tuple[str, str]]:
    return [
        (path, method)
        for path, method in TABLE
        if method != "GET" and path in routes() and routes()[path].is_api is is_api
        if path not in NEEDS_NO_TOKEN
    ]


@on_sqlite
@pytest.mark.parametrize(
    ("path", "method"), [*_changing(is_api=False), *_changing(is_api=True)], ids=str
)
def test_a_browser_changes_nothing_without_the_forms_token(
    world: World, path: str, method: str
) -> None:
    """The API's views take a browser's session too, and then want the same proof."""
    for actor, whose in (("owner", HERS), ("admin", THEIRS)):
        client = world.browser(actor, enforce_csrf_checks=True)
        answer = asking.ask(world, routes()[path], method, actor, whose, client)

        assert answer.status_code == 403
        assert "CSRF" in answer.text or not routes()[path].is_api
        assert not asking.wrongly_written(answer)


# Tokens.


SAID_OF_SCOPES = lines(SCOPES)


def _asked_of_tokens() -> list[tuple[str, str]]:
    closed = ("401", "404")
    return [
        (path, method)
        for (path, method), statuses in TABLE.items()
        if path in routes() and routes()[path].is_api and statuses[0] in closed
    ]


@on_sqlite
@pytest.mark.parametrize(("path", "method"), _asked_of_tokens(), ids=str)
def test_what_a_token_may_do(world: World, path: str, method: str) -> None:
    """One with each scope alone, and two that are limited."""
    from accounts.scopes import Scope, holds  # noqa: PLC0415

    route, said = routes()[path], SAID_OF_SCOPES.get((path, method), [])
    opening = [scope for scope in Scope.values if _opens(world, route, method, scope)]
    limited = [
        str(_asked(world, route, method, whose, token).status_code)
        for token in ("of acme", "of one deployment")
        for whose in (MEMBERS, THEIRS)
    ]

    found = " ".join([f"/{path} {method}", f"[opened by {', '.join(opening)}]", *limited])
    assert said, f"Add a line to tests/fences/scopes.txt, once it is right: {found}"
    wanted = said[0]
    expected = [one for one in Scope.values if wanted == "any" or holds([one], wanted)]
    assert opening == expected
    assert limited == said[1:]


def _opens(world: World, route: Route, method: str, scope: str) -> bool:
    answer = _asked(world, route, method, HERS, scope)
    return not (answer.status_code == 403 and "lacks the scope" in asking.problem_of(answer))


def _asked(world: World, route: Route, method: str, whose: str, token: str) -> Any:
    client = world.client(token, is_api=True)
    answer = asking.ask(world, route, method, "", whose, client)
    if method == "GET" or asking.is_refused(answer):
        assert not asking.wrongly_written(answer), f"{token} wrote by {method} /{route.path}"
    return answer


@on_sqlite
def test_each_line_about_tokens_is_about_an_address_that_asks_for_one() -> None:
    assert set(SAID_OF_SCOPES) == set(_asked_of_tokens())


@on_sqlite
def test_the_second_prefix_has_the_same_routes_with_the_same_views() -> None:
    """/v1/v1, for clients that add a /v1 of their own: whoever may there may here."""
    first = {
        one.path.removeprefix("v1/"): getattr(one.view, "cls", one.view)
        for one in routes().values()
        if one.path.startswith("v1/") and not one.path.startswith(AGAIN)
    }
    again = {
        one.path.removeprefix(AGAIN): getattr(one.view, "cls", one.view)
        for one in routes().values()
        if one.path.startswith(AGAIN)
    }

    assert again == first


# The admin, by a rule: staff with a second factor come in, and as far as their permissions go.


@on_sqlite
@pytest.mark.parametrize("route", admin_pages(), ids=lambda route: route.path)
def test_the_admin_is_closed_to_all_but_staff(world: World, route: Route) -> None:
    path = route.filled({"object_id": 1, "id": 1, "content_type_id": 1, "app_label": "catalog"})
    for actor, method in (("nobody", "get"), ("other", "get"), ("admin", "post")):
        with asking.taken_back(), asking.watched() as written:
            answer = getattr(world.client(actor, is_api=False), method)(path)

        assert written <= asking.OF_ASKING
        assert (answer.status_code, answer["Location"]) == (302, f"/admin/login/?next={path}")


@on_sqlite
@pytest.mark.parametrize("path", lists_of_the_admin())
def test_a_curator_reaches_the_catalog_alone(world: World, path: str) -> None:
    with asking.taken_back():
        answer = world.browser("curator").get(f"/{path}")

    assert answer.status_code == (200 if path.startswith("admin/catalog/") else 403)


@on_sqlite
def test_the_doors_of_the_admin(world: World) -> None:
    """They lead to everybody's own, where limits and second factors hold."""
    from django.test import Client  # noqa: PLC0415

    from accounts.models import User  # noqa: PLC0415

    plain = User.objects.create_user("plain", is_staff=True)
    without = Client()
    without.force_login(plain)

    assert world.client("nobody", is_api=False).get("/admin/login/")["Location"] == (
        "/account/login?next=/admin/"
    )
    assert world.browser("other").get("/admin/login/").status_code == 403
    assert without.get("/admin/catalog/aimodel/")["Location"].startswith("/admin/login/")
    assert without.get("/admin/login/")["Location"] == "/account/second-factor"
    with asking.taken_back():
        assert world.browser("administrator").get("/admin/").status_code == 200
