"""The pages where budgets are set and seen, as somebody without JavaScript gets them."""

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from accounts import budgets, tokens
from accounts.models import Budget, Membership, Role, Token, User
from config.api.problems import LimitReached

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

pytestmark = pytest.mark.django_db
DAY, MONEY = ("requests", "day"), ("money", "month")


@pytest.fixture
def token(ada: User) -> Token:
    return tokens.make(ada, name="ci", scopes=["all"])[0]


@pytest.fixture
def acme(ada: User) -> User:
    acme = User.objects.create(username="acme", kind=User.Kind.ORGANIZATION)
    Membership.objects.create(organization=acme, user=ada, role=Role.ADMIN)
    return acme


def test_the_budgets_of_a_token_are_set_and_shown_as_bars(as_ada: Client, token: Token) -> None:
    wanted = {"requests_day": "20", "money_month": "1.50"}

    page = as_ada.post(f"/account/tokens/{token.pk}/budgets", wanted, follow=True)
    budgets.take(Token.objects.get(), token.user)
    budgets.charge(token.pk, token.user_id, Decimal("1.25"))
    page = as_ada.get(f"/account/tokens/{token.pk}")

    said = page.content.decode()
    assert "1 of 20 used" in said
    assert "1.25 USD of 1.50 USD used" in said
    assert 'value="5"' in said and 'class="warn" max="100" value="83"' in said
    assert 'value="1.5"' in said  # in the form, to be changed


def test_the_pages_and_refusals_say_the_sites_currency(
    as_ada: Client, ada: User, settings: "SettingsWrapper"
) -> None:
    settings.CURRENCY = "EUR"
    budgets.set_for(ada, {MONEY: Decimal(0)})

    page = as_ada.get("/account/budgets").content.decode()

    assert "Money a month (EUR)" in page and "0.00 EUR of 0.00 EUR used" in page
    assert "USD" not in page
    assert as_ada.get("/v1/account/budgets").json()[0]["unit"] == "EUR"
    with pytest.raises(LimitReached, match="0 EUR a month, has 0 EUR left") as refused:
        budgets.take(None, ada)
    assert refused.value.limit.unit == "EUR"


def test_an_empty_field_is_no_limit(as_ada: Client, ada: User) -> None:
    as_ada.post("/account/budgets", {"requests_day": "5", "money_day": "1"})
    as_ada.post("/account/budgets", {"requests_day": "", "money_day": "2"})

    assert {(one.unit, one.period) for one in ada.budgets.all()} == {("money", "day")}


@pytest.mark.parametrize("wrong", ["-1", "many", "1e99"])
def test_what_is_wrong_is_told_at_its_field(as_ada: Client, ada: User, wrong: str) -> None:
    response = as_ada.post("/account/budgets", {"money_day": wrong})

    assert response.status_code == 400
    assert "id_money_day_error" in response.content.decode()
    assert not Budget.objects.exists()


def test_admins_set_those_of_their_organisation(as_ada: Client, acme: User) -> None:
    page = as_ada.post("/organizations/acme/budgets", {"requests_month": "100"}, follow=True)

    assert "0 of 100 used" in page.content.decode()
    assert User.objects.get(username="acme").has_budgets
    assert "/organizations/acme/budgets" in as_ada.get("/organizations/acme").content.decode()


@pytest.mark.parametrize("role", [Role.VIEWER, Role.DEVELOPER, None])
def test_others_set_none(client: Client, acme: User, bob: User, role: Role | None) -> None:
    if role:
        Membership.objects.create(organization=acme, user=bob, role=role)
    client.force_login(bob)

    answers = [
        client.get("/organizations/acme/budgets").status_code,
        client.post("/organizations/acme/budgets", {"requests_day": "1"}).status_code,
    ]

    assert answers == ([200, 403] if role else [404, 404])
    assert not Budget.objects.exists()


def test_members_see_what_holds_them_and_no_form(client: Client, acme: User, bob: User) -> None:
    Membership.objects.create(organization=acme, user=bob, role=Role.VIEWER)
    budgets.set_for(acme, {DAY: Decimal(100)})
    client.force_login(bob)

    page = client.get("/organizations/acme/budgets").content.decode()

    assert "0 of 100 used" in page
    assert "requests_day" not in page
    assert "/organizations/acme/budgets" in client.get("/organizations/acme").content.decode()


@pytest.mark.parametrize("address", ["/account/budgets", "/organizations/acme/budgets"])
def test_what_an_administrator_set_is_shown_and_stays(
    as_ada: Client, ada: User, acme: User, address: str
) -> None:
    owner = acme if "acme" in address else ada
    budgets.set_for(owner, {DAY: Decimal(50)}, is_imposed=True)

    before = as_ada.get(address).content.decode()
    as_ada.post(address, {"requests_day": "70"})
    as_ada.post(address, {"requests_day": ""})

    assert "0 of 50 used" in before and "Set by an administrator" in before
    assert 'value="50"' not in before
    assert [(one.most, one.is_imposed) for one in owner.budgets.all()] == [(50, True)]


def test_nobody_sets_those_of_a_strangers_token(client: Client, bob: User, token: Token) -> None:
    client.force_login(bob)

    response = client.post(f"/account/tokens/{token.pk}/budgets", {"requests_day": "1"})

    assert response.status_code == 404
    assert not Budget.objects.exists()


def test_without_one_the_page_says_what_that_means(as_ada: Client) -> None:
    assert "nothing is counted" in as_ada.get("/account/budgets").content.decode()


def test_the_pages_take_no_more_queries_for_many(
    as_ada: Client, ada: User, token: Token, django_assert_max_num_queries: "object"
) -> None:
    every = dict.fromkeys(budgets.KINDS, Decimal(5))
    budgets.set_for(ada, every)
    budgets.set_for(token, every)

    with django_assert_max_num_queries(4):  # type: ignore[operator]
        as_ada.get("/account/budgets")
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        as_ada.get(f"/account/tokens/{token.pk}")
