"""Whose things somebody reaches: one's own, and those of organisations, as far as one's role goes.

A token that is limited to an organisation reaches what that owns and nothing else, one that is
limited to a deployment reaches that and what came of it.
"""

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils.translation import gettext as _

from .models import Membership, Role, User

Who = AbstractBaseUser | AnonymousUser
NOTHING = Q(pk__in=[])


def owned_by(user: Who, field: str = "owner", least: Role = Role.VIEWER) -> Q:
    """For filter(): rows whose `field` is the user, or an organisation in which they are `least`.

    Asks for the memberships once for each user object, and so once for each request.
    """
    if not isinstance(user, User):
        return NOTHING
    ids = owner_ids(user, least)
    return Q(**{field: ids[0]}) if len(ids) == 1 else Q(**{f"{field}__in": ids})


def owner_ids(user: User, least: Role = Role.VIEWER) -> list[int]:
    return [owner.pk for owner in owners(user, least)]


def owners(user: User, least: Role = Role.VIEWER) -> list[User]:
    """The user first, then organisations by their names."""
    reached = [one.organization for one in _memberships(user) if one.role in least.or_more()]
    if user.token is not None and user.token.organization_id is not None:
        return [one for one in reached if one.pk == user.token.organization_id]
    return [user, *reached]


def within(user: Who, field: str) -> Q:
    """For filter(): rows whose `field` is the one deployment that their token is limited to."""
    deployment_id = only_deployment(user)
    return Q() if deployment_id is None else Q(**{field: deployment_id})


def only_deployment(user: Who) -> int | None:
    """Its id, when the token that they came with reaches no other."""
    return user.token.deployment_id if isinstance(user, User) and user.token else None


def role_in(user: Who, organization: User) -> Role | None:
    """None: not a member, or the token that they came with is limited to somebody else."""
    if not isinstance(user, User) or organization.pk not in owner_ids(user):
        return None
    roles = {one.organization_id: Role(one.role) for one in _memberships(user)}
    return roles.get(organization.pk)


def is_oneself(user: User, owner: User) -> bool:
    """Asks the database for nothing."""
    token = user.token
    is_limited = token is not None and (token.organization_id or token.deployment_id) is not None
    return owner.pk == user.pk and not is_limited


def may(user: Who, owner: User, least: Role = Role.DEVELOPER) -> bool:
    """Whether they may act for this owner: themselves, or an organisation of theirs."""
    if not isinstance(user, User):
        return False
    return is_oneself(user, owner) or owner.pk in owner_ids(user, least)


def require(user: Who, owner: User, least: Role = Role.DEVELOPER) -> None:
    """For who may see what this owner has. Raises PermissionDenied, which says what would help."""
    if may(user, owner, least):
        return
    role = role_in(user, owner)
    words = {"name": owner.get_username(), "role": _short(role), "needed": _short(least)}
    if role is None:
        raise PermissionDenied(_("You may not do this for %(name)s.") % words)
    sentence = _(
        "You are in %(name)s as %(role)s, and this needs %(needed)s. "
        "Ask an admin of %(name)s to change your role."
    )
    raise PermissionDenied(sentence % words)


def acting_owner(user: User) -> User:
    """Whom what they make belongs to, when they do not say: the organisation of their token."""
    token = user.token
    return token.organization if token is not None and token.organization else user


def _short(role: Role | None) -> str:
    names = {
        Role.VIEWER: _("a viewer"),
        Role.DEVELOPER: _("a developer"),
        Role.ADMIN: _("an admin"),
    }
    return names[role] if role else ""


def _memberships(user: User) -> list[Membership]:
    known: list[Membership] | None = user.__dict__.get("_known_memberships")
    if known is None:
        found = Membership.objects.filter(user=user, organization__is_active=True)
        known = list(found.select_related("organization").order_by("organization__username"))
        user.__dict__["_known_memberships"] = known
    return known
