"""Closing: shut at once, then emptied in small steps, each of which may come again."""

import structlog
from celery import current_app
from django.db import transaction
from django.db.models.functions import Now
from kombu.exceptions import OperationalError

from accounts import audit, sessions
from accounts.models import Closing, Membership, Role, User
from accounts.organizations.actions import is_last_admin

from . import own
from .parts import PARTS, Line

log = structlog.get_logger(__name__)
TASK = "accounts.tasks.close_accounts"


class StillNeeded(Exception):
    """Organisations, or the installation, would have no admin left."""


def told(owner: User) -> list[Line]:
    """What there is now, without kinds of which there is nothing."""
    parts = [*PARTS, own]
    return [line for part in parts for line in part.told(owner) if line.count]


def still_needed(user: User) -> list[User]:
    """Organisations of which they are the only admin."""
    found = Membership.objects.filter(user=user, role=Role.ADMIN, organization__is_active=True)
    rows = found.select_related("organization").order_by("organization__username")
    return [each.organization for each in rows if is_last_admin(each)]


def is_last_administrator(user: User) -> bool:
    others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=user.pk)
    return user.is_superuser and not others.exists()


@transaction.atomic
def close(owner: User, *, hand_over_to: User | None = None, by: User | None = None) -> Closing:
    """Nobody comes in from now on; the rest is for `go_on`. Raises StillNeeded."""
    owner = User.objects.select_for_update().get(pk=owner.pk)
    if still_needed(owner) or is_last_administrator(owner):
        raise StillNeeded
    closing, is_new = Closing.objects.get_or_create(
        user=owner, defaults={"hand_over_to": hand_over_to}
    )
    if is_new:
        what = "organization.closed" if owner.is_organization else "account.closed"
        audit.note(what, about=owner, after={"hand_over_to": hand_over_to}, by=by)
    owner.is_active = False
    owner.save(update_fields=["is_active"])
    sessions.end_others(owner, but=None)
    transaction.on_commit(_ring, robust=True)
    return closing


def go_on() -> int:
    """One round over all that are not done; says how many are left.

    One that fails holds up none of the others, and is tried again in the next round.
    """
    left = 0
    for closing in Closing.objects.filter(ended_at=None).select_related("user", "hand_over_to"):
        try:
            left += not _step(closing)
        except Exception:
            log.exception("a closing goes on later", closing=closing.pk)
            left += 1
    return left


def _ring() -> None:
    try:
        current_app.send_task(TASK, expires=60)
    except OperationalError:
        log.info("the queue is down; the next beat does it", task=TASK)


def _step(closing: Closing) -> bool:
    """Whether it is done. Each part is asked again in every round: what came late is found too."""
    owner, to = closing.user, closing.hand_over_to
    if to is not None and to.is_active:
        for part in PARTS:
            part.hand_over(owner, to)
    are_done = [part.end(owner) for part in [*PARTS, own]]
    is_done = all(are_done)
    if is_done:
        Closing.objects.filter(pk=closing.pk).update(ended_at=Now())
    return is_done
