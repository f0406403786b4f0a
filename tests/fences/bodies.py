"""What each request sends, so that who may comes through, and who may not is told just that.

Where nothing stands here, nothing need be sent.
"""
# ruff: noqa: PLC0415 - read before the settings are

from collections.abc import Callable
from typing import Any

from .world import HERS, THEIRS, World

Body = Callable[[World, str], dict[str, Any]]


ME = object()  # the name of whoever asks
PASSWORD = "a-long-password"


def said(**fields: Any) -> Body:
    """The same, whose thing it may be."""
    return lambda _world, _whose: fields


def _collection(_world: World, whose: str) -> dict[str, Any]:
    return {"name": "New", "description": "", "visibility": "private", "owner": whose}


def _deployment(world: World, whose: str) -> dict[str, Any]:
    return {
        "owner": whose,
        "name": "new",
        "model": "slipway/hello",
        "version": world.names[whose]["version_id"],
        "hardware": "cpu-small",
        "min_instances": 0,
        "max_instances": 1,
    }


def _change(world: World, whose: str) -> dict[str, Any]:
    """As the form of a page sends it, by the keys of its choices."""
    from catalog.models import Version
    from deployments.models import Hardware

    version = Version.objects.get(version_id=world.names[whose]["version_id"])
    return {
        "version": version.pk,
        "hardware": Hardware.objects.get(sku="cpu-small").pk,
        "min_instances": 0,
        "max_instances": 1,
        "idle_minutes": 5,
    }


def _deployment_of_a_page(world: World, whose: str) -> dict[str, Any]:
    return {**_change(world, whose), "owner": world.people[whose].pk, "name": "new"}


def _file(_world: World, _whose: str) -> dict[str, Any]:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return {"content": SimpleUploadedFile("a.txt", b"a", "text/plain")}


def _bundle(_world: World, _whose: str) -> dict[str, Any]:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return {"bundle": SimpleUploadedFile("bundle", b"no archive")}


INPUT = said(input={"text": "you"})
SEARCH = said(name="x", query="q=x", mailing="off")
SWITCH = said(set="on")
INVITATION = said(email="x@example.org", role="viewer")

BODIES: dict[tuple[str, str], Body] = {
    ("GET", "v1/search"): said(query="hello"),
    ("PATCH", "v1/account/budgets"): said(requests_per_day=5),
    ("POST", "v1/collections"): _collection,
    ("PATCH", "v1/collections/{owner}/{slug}"): said(name="Newer"),
    ("PUT", "v1/collections/{owner}/{slug}/models/{model_owner}/{model_name}"): said(note="x"),
    ("POST", "v1/deployments"): _deployment,
    ("PATCH", "v1/deployments/{owner}/{name}"): said(max_instances=2),
    ("POST", "v1/deployments/preflight"): said(model="slipway/hello", hardware="cpu-small"),
    ("POST", "v1/deployments/{owner}/{name}/rollback"): said(number=1),
    ("POST", "v1/deployments/{owner}/{name}/hand-over"): said(to="other"),
    ("POST", "v1/deployments/{owner}/{name}/predictions"): INPUT,
    ("POST", "v1/files"): _file,
    ("PATCH", "v1/models/{owner}/{name}/curation"): said(status="hidden"),
    ("POST", "v1/models/{owner}/{name}/predictions"): INPUT,
    ("POST", "v1/models/{owner}/{name}/versions"): _bundle,
    ("POST", "v1/organizations"): said(username="another"),
    ("PATCH", "v1/organizations/{name}"): said(name="Acme"),
    ("PATCH", "v1/organizations/{name}/budgets"): said(requests_per_day=5),
    ("POST", "v1/organizations/{name}/invitations"): INVITATION,
    ("PATCH", "v1/organizations/{name}/members/{username}"): said(role="viewer"),
    ("POST", "v1/predictions"): lambda world, whose: {
        "version": world.names[whose]["version_id"],
        "input": {"text": "you"},
    },
    ("POST", "account"): said(first_name="Ada"),
    ("POST", "account/close"): said(name=ME),
    ("POST", "account/collections/new"): _collection,
    ("POST", "account/login"): said(login=HERS, password=PASSWORD),
    ("POST", "account/password"): said(
        oldpassword=PASSWORD, password1=f"{PASSWORD}er", password2=f"{PASSWORD}er"
    ),
    ("POST", "account/searches/new"): SEARCH,
    ("POST", "account/searches/{pk}/edit"): SEARCH,
    ("POST", "account/signup"): said(
        username="newcomer", email="newcomer@example.org", password1=f"{PASSWORD}er"
    ),
    ("POST", "account/sure"): said(password=PASSWORD),
    ("POST", "account/tokens"): said(name="new", scopes=["all"], days="90"),
    ("POST", "account/tokens/{pk}/rotate"): said(hours="24"),
    ("POST", "account/webhooks/test"): said(url="https://example.org/hook"),
    ("POST", "collections/{owner}/{slug}/edit"): said(name="Newer", visibility="private"),
    ("POST", "deployments/{owner}/{name}/hand-over"): said(to="other"),
    ("POST", "deployments/{owner}/{name}/run"): said(**{"input-text": "you"}),
    ("POST", "deployments/{owner}/{name}/settings"): _change,
    ("POST", "models/{owner}/{name}/collect"): lambda world, whose: {
        "on": str(world.names[whose]["collection"])
    },
    ("POST", "models/{owner}/{name}/deploy"): _deployment_of_a_page,
    ("POST", "models/{owner}/{name}/follow"): SWITCH,
    ("POST", "models/{owner}/{name}/like"): SWITCH,
    ("POST", "models/{owner}/{name}/run"): said(**{"input-text": "you"}),
    ("POST", "organizations/new"): said(name="another"),
    ("POST", "organizations/{name}/close"): said(name=THEIRS),
    ("POST", "organizations/{name}/invitations"): INVITATION,
    ("POST", "organizations/{name}/members/{pk}/role"): said(role="admin"),
    ("POST", "publishers/{slug}/follow"): SWITCH,
}


def body_of(world: World, method: str, path: str, actor: str, whose: str) -> dict[str, Any]:
    body = BODIES.get((method, path), said())(world, whose)
    me = HERS if actor == "owner" else actor
    return {name: me if given is ME else given for name, given in body.items()}


# Of the API's; all its others take JSON.
AS_FORMS = {"v1/files", "v1/models/{owner}/{name}/versions"}
