"""The fences of pages, as a real browser holds them."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from tests.staff import at_the_desk

from .conftest import Open

if TYPE_CHECKING:
    from pytest_django.live_server_helper import LiveServer

pytestmark = pytest.mark.browser


@pytest.fixture
def as_root(live_server: "LiveServer") -> Callable[[Page], None]:
    """Lets an administrator in, with both factors, in the browser of a page."""

    def come_in(page: Page) -> None:
        from accounts.models import User  # noqa: PLC0415

        root = User.objects.create_superuser("root", "root@example.org", "a-long-password")
        session = at_the_desk(root).cookies[settings.SESSION_COOKIE_NAME].value
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}
        page.context.add_cookies([cookie])

    return come_in


def test_the_admin_works_within_its_policy(
    visit: Open, live_server: "LiveServer", as_root: Callable[[Page], None]
) -> None:
    page = visit("/livez")
    as_root(page)

    page.goto(f"{live_server.url}/admin/catalog/searchterm/add/")

    expect(page.locator("#content h1")).to_contain_text("search term")
    assert page.evaluate("typeof gettext") == "function"
    assert page.locator("#header").evaluate("(top) => getComputedStyle(top).display") == "flex"


def test_what_the_status_page_tells_staff_fits_a_narrow_phone(
    visit: Open, live_server: "LiveServer", as_root: Callable[[Page], None]
) -> None:
    from catalog.models import ImportRun  # noqa: PLC0415

    ImportRun.objects.create(source="replicate", location=f"/{'folder/' * 20}models.json.gz")
    page = visit("/livez", viewport={"width": 320, "height": 640})
    as_root(page)

    page.goto(f"{live_server.url}/status")

    expect(page.get_by_text("models.json.gz")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
