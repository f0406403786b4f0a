"""What people may ask for with organisations: make one, and decide who is in it and as what."""

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.models import Membership, Role, User

MOST_MADE = 20


class TooMany(Exception):
    """This person is an admin of as many organisations as one may be."""


class NameTaken(Exception):
    """Somebody took it in the meantime."""


class LastAdmin(Exception):
    """Without this one nobody could manage the organisation."""


@transaction.atomic
def make(by: User, *, name: str, shown_name: str = "") -> User:
    """An organisation, and who made it as its admin. Raises TooMany or NameTaken."""
    _lock(by)
    if by.memberships.filter(role=Role.ADMIN).count() >= MOST_MADE:
        raise TooMany
    organization = User(username=name, first_name=shown_name, kind=User.Kind.ORGANIZATION)
    organization.set_unusable_password()
    try:
        with transaction.atomic():
            organization.save(force_insert=True)
    except IntegrityError as error:
        raise NameTaken from error
    audit.note("organization.made", about=organization, after={"shown_name": shown_name})
    add(organization, by, Role.ADMIN)
    return organization


@transaction.atomic
def rename(organization: User, *, shown_name: str) -> None:
    """The name that is shown; the one in addresses stays."""
    before = {"shown_name": organization.first_name}
    organization.first_name = shown_name
    organization.save(update_fields=["first_name"])
    audit.note(
        "organization.renamed", about=organization, before=before, after={"shown_name": shown_name}
    )


@transaction.atomic
def add(organization: User, user: User, role: Role) -> Membership:
    """Whoever is in it already stays what they are."""
    wanted = {"organization": organization, "user": user}
    membership, is_new = Membership.objects.get_or_create(**wanted, defaults={"role": role})
    if is_new:
        audit.note("member.added", about=organization, after={"member": user, "role": role})
    return membership


@transaction.atomic
def change_role(membership: Membership, role: Role) -> None:
    """Raises LastAdmin."""
    _lock(membership.organization)
    membership.refresh_from_db()
    if membership.role == role:
        return
    _check_not_last_admin(membership)
    before, membership.role = membership.role, role
    membership.save(update_fields=["role"])
    _note("member.role_changed", membership, before={"role": before}, role=role)


@transaction.atomic
def remove(membership: Membership) -> None:
    """Of somebody else, or of oneself, who leaves. Raises LastAdmin."""
    _lock(membership.organization)
    membership.refresh_from_db()
    _check_not_last_admin(membership)
    before = {"role": membership.role}
    membership.delete()
    _note("member.removed", membership, before=before)


def is_last_admin(membership: Membership) -> bool:
    others = membership.organization.members.exclude(pk=membership.pk)
    is_admin = membership.role == Role.ADMIN
    return is_admin and not others.filter(role=Role.ADMIN, user__is_active=True).exists()


def _check_not_last_admin(membership: Membership) -> None:
    if is_last_admin(membership):
        raise LastAdmin


def _lock(user: User) -> None:
    """Changes of one organisation's members come one after the other."""
    User.objects.select_for_update().get(pk=user.pk)


def _note(what: str, membership: Membership, *, before: dict[str, str], **after: str) -> None:
    member = {"member": membership.user.get_username()}
    audit.note(what, about=membership.organization, before=before, after={**member, **after})
