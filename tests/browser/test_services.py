"""Coming in by another service, in a browser that lets no form lead to another site."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, expect

from tests import openid
from tests.openid import Provider

from .conftest import Open, pages_of

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper
    from pytest_django.live_server_helper import LiveServer

pytestmark = pytest.mark.browser


@pytest.fixture
def provider(transactional_db: None, settings: "SettingsWrapper") -> Iterator[Provider]:
    with openid.provider() as kept:
        openid.use(kept, settings)
        yield kept


@pytest.fixture
def visit(browser: Browser, live_server: "LiveServer", provider: Provider) -> Iterator[Open]:
    with pages_of(browser, live_server.url, also=(provider.url,)) as visit:
        yield visit


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no-script"])
def test_one_comes_in_for_the_first_time_by_openid(
    visit: Open, provider: Provider, has_script: bool
) -> None:
    page = visit("/account/login?next=/account/services", java_script_enabled=has_script)

    page.get_by_role("button", name="Our login").click()
    page.get_by_label("Username").fill("amazing-grace")
    page.get_by_role("main").get_by_role("button").last.click()

    page.wait_for_url("**/account/services")
    expect(page.locator("body")).to_contain_text("amazing-grace")
    assert provider.asked.count("/authorize") == 1


def test_who_has_an_account_connects_it_with_openid(visit: Open, provider: Provider) -> None:
    from accounts.models import User  # noqa: PLC0415

    User.objects.create_user("ada", "ada@example.org", "a-long-password")
    page = visit("/account/login?next=/account/services")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill("a-long-password")
    page.get_by_label("Password").press("Enter")

    page.get_by_role("button", name="Connect Our login").click()

    page.wait_for_url("**/account/services")
    expect(page.get_by_role("status").first).to_be_visible()
    assert provider.asked.count("/authorize") == 1
