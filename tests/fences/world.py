"""One world for all who ask: an organisation with its members, somebody who owns things alone,
a stranger, a curator and an administrator; of each kind of thing one of each owner's."""
# ruff: noqa: PLC0415 - read before the settings are

import hashlib
import time
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any

from django.contrib.auth.models import Permission
from django.test import Client
from django.test.client import ClientHandler
from django.utils import timezone

ACTORS = (
    *("nobody", "other", "viewer", "developer", "admin"),
    *("owner", "curator", "administrator"),
)
THEIRS, HERS = "acme", "ada"  # whose thing it is: the organisation's, or the one owner's
MEMBERS = "mia"  # who owns things, and is a developer of the organisation: whose tokens are limited
INVITED = "i" * 43


@dataclass
class World:
    people: dict[str, Any] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    names: dict[str, dict[str, Any]] = field(default_factory=dict)  # by whose it is
    places: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def client(self, actor: str, *, is_api: bool, **options: Any) -> Client:
        """A new one each time, as some answers take cookies away."""
        if actor == "nobody":
            return _client(**options)
        if is_api:
            return _client(headers={"Authorization": f"Bearer {self.tokens[actor]}"}, **options)
        return self.browser(actor, **options)

    def browser(self, actor: str, **options: Any) -> Client:
        client = _client(**options)
        client.cookies["sessionid"] = self.sessions[actor]
        return client

    def path(self, route: Any, whose: str) -> str:
        """The longest beginning of the route says what its names are."""
        fitting = [names for start, names in self.places if route.path.startswith(start)]
        own = fitting[-1] if fitting else {}
        return str(route.filled({**self.names[whose], **own}))


@cache
def _handler(*, enforce_csrf_checks: bool) -> ClientHandler:
    """What is behind the clients: made once, as it puts all middleware together."""
    return ClientHandler(enforce_csrf_checks)


def _client(*, enforce_csrf_checks: bool = False, **options: Any) -> Client:
    client = Client(raise_request_exception=False, **options)
    client.handler = _handler(enforce_csrf_checks=enforce_csrf_checks)
    return client


def build() -> World:
    from accounts.models import Token

    world = World()
    _people(world)
    for whose in (THEIRS, HERS, MEMBERS):
        world.names[whose] = _things(world, whose)
    _limited_tokens(world)
    # Used just now, and for as long as the tests go on, so that no question notes it.
    Token.objects.update(used_at=timezone.now() + timedelta(hours=1), address="127.0.0.1")
    world.places = sorted(_places(world).items(), key=lambda place: len(place[0]))
    return world


def _people(world: World) -> None:
    from accounts import tokens
    from accounts.models import Membership, User
    from tests.staff import at_the_desk

    acme = User.objects.create(
        username=THEIRS, kind=User.Kind.ORGANIZATION, email="acme@example.org"
    )
    for actor in ACTORS[1:]:
        name = HERS if actor == "owner" else actor
        is_staff = actor in ("curator", "administrator")
        world.people[actor] = User.objects.create_user(
            name,
            f"{name}@example.org",
            "a-long-password",
            is_staff=is_staff,
            is_superuser=actor == "administrator",
        )
    catalog = Permission.objects.filter(content_type__app_label="catalog")
    world.people["curator"].user_permissions.set(catalog)
    for role in ("viewer", "developer", "admin"):
        Membership.objects.create(organization=acme, user=world.people[role], role=role)
    for actor, person in world.people.items():
        client = at_the_desk(person) if person.is_staff else Client()
        if not person.is_staff:
            client.force_login(person)
        _came_in_just_now(client, person)
        world.sessions[actor] = client.cookies["sessionid"].value
        world.tokens[actor] = tokens.make(person, name="all", scopes=["all"])[1]
    mia = User.objects.create_user(MEMBERS, "mia@example.org", "a-long-password")
    Membership.objects.create(organization=acme, user=mia, role="developer")
    world.people |= {THEIRS: acme, HERS: world.people["owner"], MEMBERS: mia}


def _came_in_just_now(client: Client, person: Any) -> None:
    """And for as long as the tests go on, so that no page asks for the password again."""
    session, at = client.session, time.time() + 3600
    session["account_authentication_methods"] = [{"method": "password", "at": at}]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()


def _limited_tokens(world: World) -> None:
    """By a scope: her who owns things alone, with that scope and no other; and Mia's two."""
    from accounts import tokens
    from accounts.scopes import Scope

    ada, mia = world.people[HERS], world.people[MEMBERS]
    for scope in Scope.values:
        whose = world.people["curator"] if scope == Scope.CURATE else ada
        world.tokens[scope] = tokens.make(whose, name=scope, scopes=[scope])[1]
    every = {"name": "limited", "scopes": ["all"]}
    world.tokens["of acme"] = tokens.make(mia, **every, organization=world.people[THEIRS])[1]
    one = (world.names[MEMBERS]["deployment"], f"{MEMBERS}/hello")
    world.tokens["of one deployment"] = tokens.make(mia, **every, deployment=one)[1]


def _things(world: World, whose: str) -> dict[str, Any]:
    from django.core.files.base import ContentFile

    from catalog.collecting import actions as collecting
    from catalog.models import Version
    from deployments import files
    from deployments.models import Delivery, Prediction
    from tests.deployments import rows

    owner = world.people[whose]
    version = Version.objects.first() or rows.version()
    made = rows.deployment(owner, version)
    waiting = rows.prediction(owner, version, deployment=made, status=Prediction.Status.STARTING)
    delivery = Delivery.objects.create(
        owner=owner,
        url="https://example.org/hook",
        event="test",
        body="{}",
        status="failed",
        give_up_at=timezone.now() + timedelta(days=1),
    )
    stored = files.store(owner, "a.txt", "text/plain", ContentFile(b"a"))
    picked = collecting.make(owner, name="Picked", description="", visibility="private")
    collecting.add(picked, version.ai_model)
    return {
        "owner": whose,
        "name": made.name,
        "slug": picked.slug,
        "number": 1,
        "prediction_id": waiting.pk,
        "file_id": stored.pk,
        "pk": delivery.pk,
        "delivery_id": delivery.pk,
        "model_owner": "slipway",
        "model_name": "hello",
        "version_id": version.version_id,
        "deployment": made.pk,
        "collection": picked.pk,
    }


def _places(world: World) -> dict[str, dict[str, Any]]:
    from allauth.usersessions.models import UserSession
    from django.contrib.sessions.models import Session

    from accounts.models import Invitation, Membership, Token
    from catalog import sitemaps
    from catalog.kept import actions as kept
    from catalog.kept import tokens as kept_tokens
    from catalog.models import AIModel, Alert, Collection, Task, Version
    from catalog.saved import actions as saving
    from catalog.saved import tokens as saved_tokens
    from deployments.models import Offer
    from tests.deployments import rows

    acme, ada = world.people[THEIRS], world.people[HERS]
    model = AIModel.objects.get()
    Task.objects.create(id="text-generation", name="Text Generation", group="Text")
    Collection.objects.create(slug="curated", name="Curated")
    saved = saving.save(ada, name="x", query_string="q=x", mailing="off", webhook_url="")
    alert = Alert.objects.create(
        saved_search=saved, channel="email", status="failed", give_up_at=timezone.now()
    )
    kept.follow(ada, model)
    invitation = Invitation.objects.create(
        organization=acme,
        email="new@example.org",
        role="viewer",
        digest=hashlib.sha256(INVITED.encode()).hexdigest(),
    )
    member = Membership.objects.get(organization=acme, user=world.people["viewer"])
    session = UserSession.objects.create(user=ada, session_key="x" * 32, ip="127.0.0.1")
    tomorrow = timezone.now() + timedelta(days=1)
    Session.objects.create(session_key=session.session_key, expire_date=tomorrow)
    given = rows.deployment(world.people[MEMBERS], Version.objects.get(), name="given")
    offer = Offer.objects.create(deployment=given, to=ada)
    for whose in (THEIRS, HERS):
        offered = world.names[whose]["deployment"]
        Offer.objects.create(deployment_id=offered, to=world.people[MEMBERS])
    by_name = {"owner": "slipway", "name": "hello"}
    return {
        "models/": by_name,
        "v1/models/": by_name,
        "publishers/": {"slug": "slipway"},
        "v1/publishers/": {"slug": "slipway"},
        "tasks/": {"task_id": "text-generation"},
        "facets/": {"name": "task"},
        "sitemaps/": {"kind": "models", "number": sitemaps.part_of(model.pk)},
        "collections/{slug}": {"slug": "curated"},
        "v1/collections/{slug}": {"slug": "curated"},
        "organizations/": {"name": THEIRS},
        "account/organizations/": {"name": THEIRS},
        "v1/organizations/": {"name": THEIRS},
        "v1/organizations/{name}/members/": {"name": THEIRS, "username": MEMBERS},
        "v1/organizations/{name}/invitations/": {
            "name": THEIRS,
            "invitation_id": invitation.pk,
        },
        "organizations/{name}/members/": {"name": THEIRS, "pk": member.pk},
        "organizations/{name}/invitations/": {"name": THEIRS, "pk": invitation.pk},
        "invitations/": {"text": INVITED},
        "account/tokens/": {"pk": Token.objects.filter(user=ada).first().pk},
        "account/searches/": {"pk": saved.pk, "channel": "email"},
        "account/alerts/": {"pk": alert.pk},
        "account/offers/": {"pk": offer.pk},
        "v1/offers/": {"offer_id": offer.pk},
        "account/sessions/": {"pk": session.pk},
        "account/second-factor/": {"pk": 1},
        "account/services/": {"provider_id": "none"},
        "account/password/": {"uidb36": "1", "key": "set-password"},
        "account/mail/": {"token": saved_tokens.mail_token(saved)},
        "feeds/": {"token": saved_tokens.feed_token(saved)},
        "feeds/following/": {"token": kept_tokens.feed_token(ada.news_feed)},
    }
