"""Sessions: how long each holds, when it was seen last (one write an hour), and how they end."""

from collections.abc import Callable
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from . import audit
from .models import User
from .session_store import SessionStore, key_of_row

Respond = Callable[[HttpRequest], HttpResponse]

BEGAN, SEEN = "began_at", "seen_at"
NOTED_EVERY = 3600


def begin(request: HttpRequest) -> None:
    """At signing in: what the two below reckon from."""
    request.session[BEGAN] = request.session[SEEN] = int(timezone.now().timestamp())


def key_of(request: HttpRequest) -> str:
    """Of this session's row, which is not what the cookie holds."""
    return key_of_row(request.session.session_key or "")


def enlist(request: HttpRequest, **_said: Any) -> None:
    """At signing in, and when another password gave the session another key."""
    if not request.session.session_key:
        request.session.save()
    alive = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    UserSession.objects.filter(user=request.user).exclude(session_key__in=alive).delete()
    longest = UserSession._meta.get_field("user_agent").max_length
    UserSession.objects.update_or_create(
        session_key=key_of(request),
        defaults={
            "user": request.user,
            "ip": get_adapter().get_client_ip(request),
            "user_agent": request.headers.get("User-Agent", "")[:longest],
            "last_seen_at": timezone.now(),
        },
    )


def note(get_response: Respond) -> Respond:
    """Middleware: end what began too long ago, and keep when the others were seen."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.session.accessed and BEGAN in request.session:
            _note(request)
        return response

    return respond


def _note(request: HttpRequest) -> None:
    session, now = request.session, int(timezone.now().timestamp())
    if now - session[BEGAN] > settings.SESSION_DAYS_MAX * 86_400:
        session.flush()
        return
    if now - session[SEEN] < NOTED_EVERY:
        return
    session[SEEN] = now
    UserSession.objects.filter(session_key=key_of(request)).update(last_seen_at=timezone.now())


def open_ones(user: User) -> list[UserSession]:
    """The newest first."""
    known = list(UserSession.objects.filter(user=user).order_by("-created_at"))
    keys = [one.session_key for one in known]
    alive = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    still = set(alive.values_list("session_key", flat=True))
    return [one for one in known if one.session_key in still]


def end(user: User, keys: list[str]) -> None:
    if not keys:
        return
    audit.note("session.ended", about=user, after={"count": len(keys)})
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(user=user, session_key__in=keys).delete()


def end_others(user: User, *, but: str | None) -> int:
    """All of them when `but`, the key of a row, is None. Says how many ended."""
    keys = [one.session_key for one in open_ones(user) if one.session_key != but]
    end(user, keys)
    return len(keys)


def forget() -> None:
    """Delete what ran out, from the list too."""
    SessionStore.clear_expired()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
