"""What accounts themselves end: tokens, sessions, memberships, addresses, ways to sign in."""

from django.utils.translation import ngettext

from accounts import sessions
from accounts.models import Invitation, Membership, Token, User
from accounts.models.tokens import TokenQuerySet

from .parts import Line

WAYS_IN = ("account", "mfa", "socialaccount", "usersessions")  # django-allauth's apps


def told(owner: User) -> list[Line]:
    tokens = _tokens(owner).usable().count()
    said = ngettext("%(count)s token", "%(count)s tokens", tokens) % {"count": tokens}
    return [Line(tokens, said), _members(owner)]


def hand_over(owner: User, to: User) -> None:
    """Who may come in is nothing that another gets."""


def end(owner: User) -> bool:
    sessions.end_others(owner, but=None)
    _tokens(owner).delete()
    for rows in (
        Membership.objects.filter(user=owner),
        Membership.objects.filter(organization=owner),
    ):
        rows.delete()
    Invitation.objects.filter(organization=owner).delete()
    owner.budgets.all().delete()
    owner.has_budgets = False
    for relation in User._meta.related_objects:
        if relation.related_model._meta.app_label in WAYS_IN:
            theirs = {relation.field.name: owner}
            relation.related_model._base_manager.filter(**theirs).delete()
    owner.email = owner.first_name = owner.last_name = ""
    owner.is_staff = owner.is_superuser = False
    owner.set_unusable_password()
    owner.save()
    return True


def _tokens(owner: User) -> TokenQuerySet:
    return Token.objects.filter(organization=owner) if owner.is_organization else owner.tokens.all()


def _members(owner: User) -> Line:
    if owner.is_organization:
        count = owner.members.count()
        said = ngettext("%(count)s member", "%(count)s members", count)
    else:
        count = owner.memberships.filter(organization__is_active=True).count()
        said = ngettext(
            "membership of %(count)s organisation", "memberships of %(count)s organisations", count
        )
    return Line(count, said % {"count": count})
