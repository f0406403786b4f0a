"""Whose things somebody reaches, by membership, role and token."""

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts import reach, tokens
from accounts.models import Membership, Role, Token, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> User:
    return User.objects.create(username="acme", kind=User.Kind.ORGANIZATION)


def member(organization: User, role: Role) -> User:
    user = User.objects.create_user(role.value)
    Membership.objects.create(organization=organization, user=user, role=role)
    return User.objects.get(pk=user.pk)


def test_somebody_reaches_what_is_theirs(acme: User) -> None:
    ada = User.objects.create_user("ada")

    assert reach.owner_ids(ada) == [ada.pk]
    assert not reach.may(ada, acme, Role.VIEWER)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("least", Role)
def test_a_role_reaches_what_it_holds(acme: User, role: Role, least: Role) -> None:
    user = member(acme, role)

    assert reach.may(user, acme, least) == (role in least.or_more())


def test_a_token_of_an_organisation_reaches_that_alone(acme: User) -> None:
    user = member(acme, Role.DEVELOPER)
    user.token = Token(user=user, organization=acme)

    assert reach.owner_ids(user) == [acme.pk]
    assert reach.owner_ids(user, Role.ADMIN) == []
    assert reach.acting_owner(user) == acme


def test_such_a_token_reaches_nothing_once_its_person_left(acme: User) -> None:
    user = User.objects.create_user("ada")
    user.token = Token(user=user, organization=acme)

    assert reach.owner_ids(user) == []


def test_an_organisation_that_was_closed_is_reached_by_nobody(acme: User) -> None:
    user = member(acme, Role.ADMIN)
    User.objects.filter(pk=acme.pk).update(is_active=False)

    assert reach.role_in(user, acme) is None


def test_nobody_reaches_nothing() -> None:
    ada = User.objects.create_user("ada")
    tokens.make(ada, name="laptop", scopes=["all"])

    assert not Token.objects.filter(reach.owned_by(AnonymousUser(), "user")).exists()
    assert Token.objects.filter(reach.owned_by(ada, "user")).exists()
