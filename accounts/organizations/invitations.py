"""Invitations by e-mail: a link that holds for a week and makes one member.

Only the sha-256 of the link's end is kept. Whoever has the link may accept it: the address tells
where it was sent, not who opens it.
"""

import secrets

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import audit, limits, tokens
from accounts.models import Invitation, Membership, Role, User
from accounts.models.invitations import in_a_week

from . import actions

MOST_OPEN = 100
SENT_A_DAY = 100  # by one person: each may send a letter to anybody


class TooMany(Exception):
    """As many are open as one organisation may have."""


class Over(Exception):
    """It was accepted, taken back or not opened in time."""


class MemberAlready(Exception):
    """Who opens it is in the organisation."""


def invite(organization: User, *, email: str, role: Role, by: User) -> tuple[Invitation, str]:
    """The row and its link, which nobody can tell again. The same address again: a new link.

    Raises TooMany or LimitReached.
    """
    _count(by)
    return _invited(organization, email=email, role=role, by=by)


def invite_again(invitation: Invitation, by: User) -> str:
    """Another link for another week; the one before opens nothing. Raises LimitReached."""
    _count(by)
    return _renewed(invitation)


@transaction.atomic
def _invited(organization: User, *, email: str, role: Role, by: User) -> tuple[Invitation, str]:
    User.objects.select_for_update().get(pk=organization.pk)
    address = email.strip().lower()
    rows = organization.invitations.waiting()
    if known := rows.filter(email=address).first():
        return known, _renewed(known, role=role)
    if rows.count() >= MOST_OPEN:
        raise TooMany
    text = _new_text()
    wanted = {"email": address, "role": role, "created_by": by, "digest": tokens.digest(text)}
    invitation = Invitation.objects.create(organization=organization, **wanted)
    audit.note("invitation.sent", about=organization, after={"email": address, "role": role})
    return invitation, link(text)


@transaction.atomic
def _renewed(invitation: Invitation, *, role: Role | None = None) -> str:
    text = _new_text()
    invitation.digest, invitation.expires_at = tokens.digest(text), in_a_week()
    invitation.role = role or invitation.role
    invitation.save(update_fields=["digest", "expires_at", "role"])
    told = {"email": invitation.email, "role": invitation.role}
    audit.note("invitation.renewed", about=invitation.organization, after=told)
    return link(text)


@transaction.atomic
def revoke(invitation: Invitation) -> None:
    waiting = Invitation.objects.waiting().filter(pk=invitation.pk)
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


def _count(by: User) -> None:
    """Raises LimitReached, or Uncounted when the database does not say."""
    verdict = limits.strict(f"invitations:{by.pk}", SENT_A_DAY, 86_400)
    if verdict.is_allowed:
        return
    said = _("You sent %(most)s invitations today; go on in %(hours)s hours.")
    raise limits.reached(
        said % {"most": SENT_A_DAY, "hours": -(-verdict.reset_in // 3600)},
        verdict,
        name="invitations sent in a day",
        most=SENT_A_DAY,
    )


def _new_text() -> str:
    return secrets.token_urlsafe(32)
