"""Copies under their original: unfolded by mouse, by keyboard and without JavaScript."""

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from .conftest import Open

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog.models import AIModel

pytestmark = pytest.mark.browser


@pytest.fixture
def copied(catalog: "list[AIModel]", make_model: "Callable[..., AIModel]") -> None:
    """Three copies of the llama, in the index too."""
    from catalog.search import indexing  # noqa: PLC0415
    from catalog.sources import copies  # noqa: PLC0415

    for name in ("a/Llama-3-8B-GGUF", "b/Llama-3-8B-AWQ", "c/Llama-3-8B-MLX-4bit"):
        make_model(name, base_model=catalog[0], downloads=1_000)
    copies.resolve()
    indexing.sweep()


@pytest.mark.parametrize("has_javascript", [True, False])
def test_a_group_unfolds(visit: Open, copied: None, has_javascript: bool) -> None:
    page = visit("/models?q=llama-3-8b", java_script_enabled=has_javascript)
    link = page.get_by_role("link", name="b/Llama-3-8B-AWQ")
    expect(page.locator(".row")).to_have_count(1)
    expect(link).not_to_be_visible()

    page.locator(".copies summary").click()
    link.click()

    expect(page).to_have_url(re.compile("/models/b/Llama-3-8B-AWQ$"))


def test_a_group_unfolds_by_keyboard(visit: Open, copied: None) -> None:
    page = visit("/models?q=llama-3-8b")

    page.locator(".copies summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="b/Llama-3-8B-AWQ")).to_be_visible()
    page.keyboard.press("Tab")

    expect(page.locator(".copies a").first).to_be_focused()


def test_all_can_be_shown_one_by_one_and_grouped_again(visit: Open, copied: None) -> None:
    page = visit("/models?q=llama-3-8b")

    page.get_by_role("link", name="Show all, one by one").click()
    expect(page.locator(".row")).to_have_count(4)
    expect(page).to_have_url(re.compile("variants=all$"))
    page.get_by_role("searchbox", name="Search models").press("End")
    page.keyboard.type(" ")
    page.keyboard.type("b")
    expect(page).to_have_url(re.compile("variants=all$"))
    page.get_by_role("link", name="Group copies under their originals").click()

    expect(page).not_to_have_url(re.compile("variants"))


def test_on_a_narrow_phone_a_group_fits(visit: Open, copied: None) -> None:
    page = visit("/models?q=llama-3-8b", viewport={"width": 320, "height": 640})

    page.locator(".copies summary").click()

    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.locator(".copies a").first.evaluate("(link) => link.offsetHeight") >= 24
