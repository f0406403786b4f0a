"""The fences of pages, as a real browser holds them."""

from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from playwright.sync_api import expect

from tests.staff import at_the_desk

from .conftest import Open

if TYPE_CHECKING:
    from pytest_django.live_server_helper import LiveServer

pytestmark = pytest.mark.browser


def test_the_admin_works_within_its_policy(visit: Open, live_server: "LiveServer") -> None:
    from accounts.models import User  # noqa: PLC0415

    root = User.objects.create_superuser("root", "root@example.org", "a-long-password")
    client = at_the_desk(root)
    page = visit("/livez")
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}
    page.context.add_cookies([cookie])

    page.goto(f"{live_server.url}/admin/catalog/searchterm/add/")

    expect(page.locator("#content h1")).to_contain_text("search term")
    assert page.evaluate("typeof gettext") == "function"
    assert page.locator("#header").evaluate("(top) => getComputedStyle(top).display") == "flex"
