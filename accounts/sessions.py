"""Sessions: how long each holds, when it was seen last (one write an hour), and how they end."""

from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from . import audit
from .models import User

Respond = Callable[[HttpRequest], HttpResponse]

BEGAN, SEEN = "began_at", "seen_at"
NOTED_EVERY = 3600


def begin(request: HttpRequest) -> None:
    """At signing in: what the two below reckon from."""
    request.session[BEGAN] = request.session[SEEN] = int(timezone.now().timestamp())


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
    UserSession.objects.filter(session_key=session.session_key).update(last_seen_at=timezone.now())


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
    """All of them when `but` is None. Says how many ended."""
    keys = [one.session_key for one in open_ones(user) if one.session_key != but]
    end(user, keys)
    return len(keys)
