"""The audit log: who did what, with which token, from where, in which request.

Written in the transaction of what it tells of, so that the one is never there without the other.
"""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import structlog
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponseBase

from config import addresses

from .models import AuditEvent, User

log = structlog.get_logger(__name__)
Respond = Callable[[HttpRequest], HttpResponseBase]
LONGEST, LONGEST_LIST = 500, 50
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
    """`what` is noun.verb in the past tense; `before` and `after` hold the change, never a secret.

    Without `by` it was whoever sent the request, or the system.
    """
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
        before=_told(before),
        after=_told(after),
    )
    event.save(force_insert=True)
    log.info("audit", what=what, is_refused=is_refused, about=event.about_name, by=event.actor_id)


def note_refusal(request: HttpRequest) -> None:
    """That somebody we know asked for what they may not. What nobody asks for stays in the logs."""
    if _user(request):
        asked = {"method": request.method, "path": request.path}
        note("request.refused", after=asked, is_refused=True)


def _told(values: dict[str, Any] | None) -> dict[str, Any] | None:
    return {name: _plain(value) for name, value in values.items()} if values is not None else None


def _plain(value: Any) -> Any:
    """As JSON takes it; rows and moments as they are printed, long texts cut."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple | set | QuerySet):
        return [_plain(one) for one in list(value)[:LONGEST_LIST]]
    text = str(value).replace("\0", "")
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _user(request: HttpRequest | None) -> User | None:
    user = getattr(request, "user", None)
    return user if user is not None and user.is_authenticated else None
