"""Whose things somebody reaches: one's own, and those of organisations, as far as one's role goes.

A token that is limited to an organisation reaches what that owns and nothing else.
"""

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Q

from .models import Membership, Role, User

Who = AbstractBaseUser | AnonymousUser
NOTHING = Q(pk__in=[])


def owned_by(user: Who, field: str = "owner", least: Role = Role.VIEWER) -> Q:
    """For filter(): rows whose `field` is the user, or an organisation in which they are `least`.

    Asks for the memberships once for each user object, and so once for each request.
    """
    if not isinstance(user, User):
        return NOTHING
    owners = owner_ids(user, least)
    return Q(**{field: owners[0]}) if len(owners) == 1 else Q(**{f"{field}__in": owners})


def owner_ids(user: User, least: Role = Role.VIEWER) -> list[int]:
    roles = _roles(user)
    reached = [organization for organization, role in roles.items() if role in least.or_more()]
    token = user.token
    if token is not None and token.organization_id is not None:
        return [token.organization_id] if token.organization_id in reached else []
    return [user.pk, *reached]


def role_in(user: Who, organization: User) -> Role | None:
    """None: not a member, or the token that they came with is limited to somebody else."""
    if not isinstance(user, User) or organization.pk not in owner_ids(user):
        return None
    return _roles(user).get(organization.pk)


def may(user: Who, owner: User, least: Role) -> bool:
    """Whether they may act for this owner: themselves, or an organisation of theirs."""
    return isinstance(user, User) and owner.pk in owner_ids(user, least)


def acting_owner(user: User) -> User:
    """Whom what they make belongs to, when they do not say: the organisation of their token."""
    token = user.token
    return token.organization if token is not None and token.organization else user


def _roles(user: User) -> dict[int, Role]:
    known: dict[int, Role] | None = user.__dict__.get("_roles")
    if known is None:
        found = Membership.objects.filter(user=user, organization__is_active=True)
        known = {pk: Role(role) for pk, role in found.values_list("organization", "role")}
        user.__dict__["_roles"] = known
    return known
