"""The audit log: who did what, with which token, from where, in which request.

Written in the transaction of what it tells of, so that the one is never there without the other.
"""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import structlog
from django.db.models import Model
from django.http import HttpRequest, HttpResponseBase

from config import addresses

from .models import AuditEvent, User

log = structlog.get_logger(__name__)
Respond = Callable[[HttpRequest], HttpResponseBase]
_request: ContextVar[HttpRequest | None] = ContextVar("request", default=None)


def remember(get_response: Respond) -> Respond:
    """Middleware: whatever is noted while a request is answered tells of that request."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        before = _request.set(request)
        try:
            return get_response(request)
        finally:
            _request.reset(before)

    return respond


def note(
    what: str,
    *,
    about: Model | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    by: User | None = None,
    is_refused: bool = False,
) -> None:
    """`what` is noun.verb in the past tense; `before` and `after` hold what changed, as JSON takes
    it, and never a secret. Without `by` it was whoever sent the request, or the system."""
    request = _request.get()
    actor = by or _user(request)
    token = actor.token if actor else None
    event = AuditEvent(
        what=what,
        is_refused=is_refused,
        actor_id=actor.pk if actor else None,
        actor_name=actor.get_username() if actor else "",
        token_id=token.pk if token else None,
        token_prefix=token.prefix if token else "",
        address=addresses.of(request)[:45] if request else "",
        request_id=structlog.contextvars.get_contextvars().get("request_id", ""),
        about_type=about._meta.label_lower if about else "",
        about_id=str(about.pk)[:64] if about else "",
        about_name=str(about)[:200] if about else "",
        before=before,
        after=after,
    )
    event.save(force_insert=True)
    log.info("audit", what=what, is_refused=is_refused, about=event.about_name, by=event.actor_id)


def _user(request: HttpRequest | None) -> User | None:
    user = getattr(request, "user", None)
    return user if user is not None and user.is_authenticated else None
