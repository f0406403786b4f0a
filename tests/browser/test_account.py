"""Tokens and webhooks as people with and without JavaScript, keyboard and phone use them."""

import ipaddress
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.receiving import Receiver, receiver

from .conftest import Open

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper
    from pytest_django.live_server_helper import LiveServer

pytestmark = pytest.mark.browser


@pytest.fixture
def ada(transactional_db: None, settings: "SettingsWrapper", live_server: "LiveServer") -> None:
    from accounts.models import User  # noqa: PLC0415

    settings.PUBLIC_URL = live_server.url
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    User.objects.create_user("ada", "ada@example.org", "a-long-password")


@pytest.fixture
def hook(settings: "SettingsWrapper") -> Iterator[Receiver]:
    settings.WEBHOOK_ALLOWED_HOSTS = ([], [ipaddress.ip_network("127.0.0.0/8")])
    with receiver(status=302) as kept:
        yield kept


def sign_in(page: Page) -> None:
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill("a-long-password")
    page.get_by_label("Password").press("Enter")


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no-script"])
def test_a_token_is_made_used_and_revoked_by_keyboard(
    visit: Open, ada: None, has_script: bool
) -> None:
    page = visit("/account/tokens", java_script_enabled=has_script)
    sign_in(page)
    page.get_by_label("Name").fill("laptop")
    page.get_by_label("until I revoke it").press("Space")
    page.get_by_role("button", name="Make the token").press("Enter")
    text = page.locator("#token").text_content() or ""
    api = re.sub(r"/account.*", "/v1/account", page.url)
    headers = {"Authorization": f"Bearer {text}"}
    assert page.request.get(api, headers=headers).json()["username"] == "ada"

    page.get_by_text("Revoke laptop").press("Enter")
    page.get_by_role("button", name="Revoke it").press("Enter")

    expect(page.get_by_role("status").first).to_contain_text("it opens nothing any more")
    expect(page.get_by_text("Revoked", exact=True)).to_be_visible()
    assert page.request.get(api, headers=headers).status == 401


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_call_that_failed_is_seen_on_a_narrow_phone_and_no_page_is_wider_than_it(
    visit: Open, ada: None, hook: Receiver, language: str
) -> None:
    from deployments import tasks  # noqa: PLC0415

    page = visit("/account/webhooks", viewport={"width": 320, "height": 640})
    sign_in(page)
    page.get_by_label("Address").fill(hook.url)
    page.get_by_role("button", name="Send a test").click()
    tasks.send_webhooks()
    page.goto(f"{page.url}?lang={language}")
    expect(page.locator(".deliveries .label.bad")).to_have_text("302")

    for path in ("/account/webhooks", "/account/tokens"):
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.goto(re.sub(r"/account.*", path, page.url))
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.go_back()
    expect(page.locator(".deliveries .label.warn")).to_be_visible()
