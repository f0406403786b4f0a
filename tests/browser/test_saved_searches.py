"""Saving a search as people do it, and seeing what came in since."""

import re
import urllib.request
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from .conftest import Open

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper
    from pytest_django.live_server_helper import LiveServer

    from tests.catalog.pages.conftest import MakeModel

pytestmark = pytest.mark.browser
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def ada(transactional_db: None, settings: "SettingsWrapper", live_server: "LiveServer") -> None:
    from accounts.models import User  # noqa: PLC0415

    settings.PUBLIC_URL = live_server.url
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    User.objects.create_user("ada", "ada@example.org", "a-long-password")


def look() -> None:
    """What the worker does within a minute."""
    from django.db.models.functions import Now  # noqa: PLC0415

    from catalog import tasks  # noqa: PLC0415
    from catalog.models import SavedSearch  # noqa: PLC0415
    from catalog.search import indexing  # noqa: PLC0415

    indexing.sweep()
    SavedSearch.objects.update(look_at=Now())
    tasks.look_for_new_matches()


def sign_in(page: Page) -> None:
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill("a-long-password")
    page.get_by_role("button", name="Sign in", exact=True).click()


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no-script"])
def test_a_search_is_saved_and_what_comes_in_is_shown_and_fed(
    visit: Open, ada: None, make_model: "MakeModel", has_script: bool
) -> None:
    page = visit("/models?q=whisper&license_class=open", java_script_enabled=has_script)
    page.get_by_role("link", name="Save this search").click()
    sign_in(page)
    expect(page.get_by_label("Name")).to_have_value("whisper, Commercial use allowed")
    page.get_by_label("Name").fill("Open ears")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Open ears")
    expect(page.get_by_text("Nothing new yet.")).to_be_visible()
    look()
    make_model("acme/whisper-new")
    make_model("acme/other")

    look()

    page.goto(re.sub(r"/account.*", "/account/searches", page.url))
    expect(page.get_by_text("1 new")).to_be_visible()
    page.get_by_role("link", name="Open ears").click()
    expect(page.locator(".row-name")).to_have_text("acme/whisper-new")
    address = page.locator("#feed-url").text_content()
    with urllib.request.urlopen(str(address)) as answer:  # noqa: S310 our own server
        entries = ET.fromstring(answer.read()).findall(f"{ATOM}entry")  # noqa: S314
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["acme/whisper-new"]
    page.locator("#account > summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_page_of_an_account_is_wider_than_a_narrow_phone(
    visit: Open, ada: None, language: str
) -> None:
    page = visit(
        f"/account/login?lang={language}&next=/account/searches",
        viewport={"width": 320, "height": 640},
    )
    width = "document.documentElement.scrollWidth"
    assert page.evaluate(width) <= 320
    page.locator("[name=login]").fill("ada")
    page.locator("[name=password]").fill("a-long-password")
    page.locator("[name=password]").press("Enter")
    expect(page).to_have_url(re.compile("/account/searches$"))
    assert page.evaluate(width) <= 320
    page.goto(f"{page.url}/new?q=whisper&license_class=open&task=text-generation")
    assert page.evaluate(width) <= 320
    page.locator("[name=webhook_url]").fill("https://hooks.example.org/" + "very-long-" * 20)
    page.locator("main form button[type=submit]").click()
    expect(page).to_have_url(re.compile(r"/account/searches/\d+$"))
    assert page.evaluate(width) <= 320


def test_a_saved_search_is_paused_and_deleted_by_keyboard(visit: Open, ada: None) -> None:
    page = visit("/account/searches/new?q=whisper")
    sign_in(page)
    page.get_by_role("button", name="Save").press("Enter")
    page.get_by_role("button", name="Pause").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("whisper Paused")

    page.locator("summary", has_text="Delete").press("Enter")
    page.get_by_role("button", name="Delete it").press("Enter")

    expect(page.get_by_text("You saved no search yet.")).to_be_visible()
