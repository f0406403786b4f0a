"""Organisations, their members and invitations, made ready to print."""

from dataclasses import dataclass

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import reach
from accounts.models import Invitation, Membership, Role, User


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An organisation of somebody's."""

    organization: User
    role: str
    members: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    membership: Membership
    name: str
    shown_name: str
    role: str
    is_you: bool
    is_fixed: bool  # the last admin, who can neither leave nor become less


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    invitation: Invitation
    role: str
    by: str
    is_over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    organization: User
    role: str
    is_admin: bool
    is_developer: bool
    members: list[Member]
    invited: list[Invited]  # for admins
    you: Member


def rows(user: User) -> list[Row]:
    found = user.memberships.filter(organization__is_active=True).select_related("organization")
    counted = found.annotate(count=Count("organization__members"))
    return [
        Row(
            organization=each.organization,
            role=short_role(each.role),
            members=each.count,
        )
        for each in counted.order_by("organization__username")
    ]


def page(organization: User, user: User) -> Page:
    is_admin = reach.may(user, organization, Role.ADMIN)
    members = _members(organization, user)
    you = next(one for one in members if one.is_you)
    return Page(
        organization=organization,
        role=you.role,
        is_admin=is_admin,
        is_developer=reach.may(user, organization),
        members=members,
        invited=_invited(organization) if is_admin else [],
        you=you,
    )


def short_role(role: str) -> str:
    names = {Role.VIEWER: _("Viewer"), Role.DEVELOPER: _("Developer"), Role.ADMIN: _("Admin")}
    return names[Role(role)]


def _members(organization: User, user: User) -> list[Member]:
    found = list(organization.members.select_related("user"))
    admins = [one for one in found if one.role == Role.ADMIN and one.user.is_active]
    return [
        Member(
            membership=each,
            name=each.user.get_username(),
            shown_name=each.user.get_full_name(),
            role=short_role(each.role),
            is_you=each.user_id == user.pk,
            is_fixed=admins == [each],
        )
        for each in found
    ]


def _invited(organization: User) -> list[Invited]:
    now = timezone.now()
    return [
        Invited(
            invitation=each,
            role=short_role(each.role),
            by=each.created_by.get_username() if each.created_by else "",
            is_over=each.expires_at <= now,
        )
        for each in organization.invitations.waiting().select_related("created_by")
    ]
