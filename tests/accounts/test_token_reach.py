"""Tokens that are limited: in time, to an organisation, and where one may stand."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts import tokens
from accounts.models import Membership, Role, Token, User

from .conftest import TokenOf

pytestmark = pytest.mark.django_db
WANTED = {"name": "ci", "scopes": ["predictions:read"], "days": "90"}


@pytest.fixture
def acme(ada: User) -> User:
    acme = User.objects.create(username="acme", kind=User.Kind.ORGANIZATION)
    Membership.objects.create(organization=acme, user=ada, role=Role.VIEWER)
    return acme


def test_a_member_makes_one_that_is_the_organisations(as_ada: Client, acme: User) -> None:
    response = as_ada.post("/account/tokens", {**WANTED, "organization": acme.pk})

    assert response.status_code == 200
    assert Token.objects.get().organization == acme
    assert "Only what acme has" in response.content.decode()


def test_a_stranger_makes_none_for_it(as_ada: Client, bob: User, acme: User) -> None:
    Membership.objects.all().delete()

    response = as_ada.post("/account/tokens", {**WANTED, "organization": acme.pk})
    with pytest.raises(tokens.NotAllowed):
        tokens.make(bob, name="ci", scopes=["models:read"], organization=acme)

    assert Token.objects.count() == 0
    assert response.status_code == 400


def test_a_viewer_makes_one_that_only_reads(as_ada: Client, acme: User) -> None:
    wanted = {**WANTED, "scopes": ["predictions:write"], "organization": acme.pk}

    response = as_ada.post("/account/tokens", wanted)

    assert response.status_code == 400
    assert "may only read there" in response.content.decode()


def test_admins_see_and_revoke_those_of_their_organisation(
    as_ada: Client, acme: User, bob: User
) -> None:
    Membership.objects.update(role=Role.ADMIN)
    Membership.objects.create(organization=acme, user=bob, role=Role.DEVELOPER)
    made, text = tokens.make(bob, name="of bob", scopes=["all"], organization=acme)
    tokens.make(bob, name="bobs own", scopes=["all"])

    page = as_ada.get("/organizations/acme/tokens").content.decode()
    as_ada.post(f"/account/tokens/{made.pk}/revoke")

    assert "of bob" in page and "bobs own" not in page
    assert tokens.find_usable(text) is None


def test_others_do_not(as_ada: Client, acme: User, bob: User, client: Client) -> None:
    made, text = tokens.make(bob, name="of bob", scopes=["all"])
    client.force_login(bob)

    assert as_ada.get("/organizations/acme/tokens").status_code == 403
    assert client.get("/organizations/acme/tokens").status_code == 404
    assert as_ada.post(f"/account/tokens/{made.pk}/revoke").status_code == 404
    assert tokens.find_usable(text)


def test_the_page_of_an_organisation_takes_no_more_queries_for_many(
    as_ada: Client, acme: User, ada: User, django_assert_max_num_queries: "object"
) -> None:
    Membership.objects.update(role=Role.ADMIN)
    for number in range(20):
        tokens.make(ada, name=f"token {number}", scopes=["all"], organization=acme)

    with django_assert_max_num_queries(5):  # type: ignore[operator]
        as_ada.get("/organizations/acme/tokens")


def test_the_administrator_may_set_the_most_days(
    as_ada: Client, ada: User, token_of: TokenOf, settings: Settings
) -> None:
    settings.TOKEN_DAYS_MAX = 45

    page = as_ada.get("/account/tokens").content.decode()
    refused = as_ada.post("/account/tokens", {**WANTED, "days": "0"})
    token_of(ada, days=None)

    assert "until I revoke it" not in page and "30 days" in page and "90 days" not in page
    assert refused.status_code == 400
    held = Token.objects.get().expires_at
    assert held and held - timezone.now() <= timedelta(days=45)


@pytest.mark.parametrize("path", ["/models?q={}", "/account/tokens?token={}", "/?x=a%20{}"])
def test_a_token_in_the_address_of_a_page_is_refused(
    as_ada: Client, ada: User, token_of: TokenOf, path: str
) -> None:
    response = as_ada.get(path.format(token_of(ada)))

    assert response.status_code == 400
    assert "Revoke that token" in response.content.decode()


def test_it_is_refused_at_the_door_of_files_too(
    client: Client, ada: User, token_of: TokenOf
) -> None:
    response = client.get(f"/v1/files/abc/download?token={token_of(ada)}")

    assert response.status_code == 400
    assert "revoke this one" in response.json()["detail"]
