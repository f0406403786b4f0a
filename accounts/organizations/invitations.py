"""Invitations by e-mail: a link that holds for a week and makes one member.

Only the sha-256 of the link's end is kept. Whoever has the link may accept it: the address tells
where it was sent, not who opens it.
"""

import secrets

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.urls import reverse

from accounts import audit, tokens
from accounts.models import Invitation, Membership, Role, User
from accounts.models.invitations import in_a_week

from . import actions

MOST_OPEN = 100


class TooMany(Exception):
    """As many are open as one organisation may have."""


class Over(Exception):
    """It was accepted, taken back or not opened in time."""


class MemberAlready(Exception):
    """Who opens it is in the organisation."""


@transaction.atomic
def invite(organization: User, *, email: str, role: Role, by: User) -> tuple[Invitation, str]:
    """The row and its link, which nobody can tell again. The same address again: a new link.

    Raises TooMany.
    """
    User.objects.select_for_update().get(pk=organization.pk)
    address = email.strip().lower()
    rows = organization.invitations.filter(accepted_at=None, revoked_at=None)
    if known := rows.filter(email=address).first():
        return known, renew(known, role=role)
    if rows.count() >= MOST_OPEN:
        raise TooMany
    text = _new_text()
    wanted = {"email": address, "role": role, "created_by": by, "digest": tokens.digest(text)}
    invitation = Invitation.objects.create(organization=organization, **wanted)
    audit.note("invitation.sent", about=organization, after={"email": address, "role": role})
    return invitation, link(text)


@transaction.atomic
def renew(invitation: Invitation, *, role: Role | None = None) -> str:
    """Another link for another week; the one before opens nothing any more."""
    text = _new_text()
    invitation.digest, invitation.expires_at = tokens.digest(text), in_a_week()
    invitation.role = role or invitation.role
    invitation.save(update_fields=["digest", "expires_at", "role"])
    told = {"email": invitation.email, "role": invitation.role}
    audit.note("invitation.renewed", about=invitation.organization, after=told)
    return link(text)


@transaction.atomic
def revoke(invitation: Invitation) -> None:
    waiting = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None)
    if waiting.update(revoked_at=Now()):
        told = {"email": invitation.email}
        audit.note("invitation.revoked", about=invitation.organization, after=told)


@transaction.atomic
def accept(invitation: Invitation, user: User) -> Membership:
    """Raises Over or MemberAlready; then it was not used up."""
    if invitation.organization.members.filter(user=user).exists():
        raise MemberAlready
    free = Invitation.objects.open().filter(pk=invitation.pk)
    if not free.update(accepted_at=Now(), accepted_by=user):
        raise Over
    told = {"email": invitation.email, "role": invitation.role}
    audit.note("invitation.accepted", about=invitation.organization, after=told)
    return actions.add(invitation.organization, user, Role(invitation.role))


def find(text: str) -> Invitation | None:
    """What this link opens now."""
    rows = Invitation.objects.open().select_related("organization", "created_by")
    return rows.filter(digest=tokens.digest(text)).first()


def link(text: str) -> str:
    return f"{settings.PUBLIC_URL}{reverse('invitation', args=[text])}"


def _new_text() -> str:
    return secrets.token_urlsafe(32)
