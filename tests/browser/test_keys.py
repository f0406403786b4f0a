"""Passkeys, with Chromium's own authenticator in place of a finger."""

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from .conftest import Open

if TYPE_CHECKING:
    from pytest_django.live_server_helper import LiveServer

pytestmark = pytest.mark.browser
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
}


@pytest.fixture
def root(transactional_db: None) -> None:
    from accounts.models import User  # noqa: PLC0415

    User.objects.create_superuser("root", password="a-long-password")


def with_authenticator(page: Page) -> Page:
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return page


def sign_in(page: Page) -> None:
    page.get_by_label("Username").fill("root")
    page.get_by_label("Password").fill("a-long-password")
    page.get_by_label("Password").press("Enter")


def sign_out(page: Page) -> None:
    page.locator("#account > summary").click()
    page.locator("#account").get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()


def test_an_administrator_adds_a_passkey_and_comes_in_by_it_alone_and_beside_the_password(
    visit: Open, root: None, live_server: "LiveServer"
) -> None:
    page = with_authenticator(visit("/admin/"))
    sign_in(page)
    page.get_by_role("link", name="Add a key").click()
    page.get_by_label("Name of the key").fill("laptop")
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("link", name="To the admin").click()
    expect(page).to_have_url(re.compile("/admin/$"))

    page.goto(f"{live_server.url}/account")
    sign_out(page)
    page.goto(f"{live_server.url}/account/login?next=/account/second-factor")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="laptop Passkey")).to_be_visible()

    sign_out(page)
    page.goto(f"{live_server.url}/account/login?next=/account")
    sign_in(page)
    page.get_by_role("button", name="Use a key instead").click()
    expect(page.get_by_role("heading", name="Profile")).to_be_visible()
