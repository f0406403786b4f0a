"""Searching as people do it: by typing, by keyboard, by touch, and without JavaScript."""

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from .conftest import Open

if TYPE_CHECKING:
    pass

pytestmark = pytest.mark.browser


def origin(page: Page) -> str:
    return str(page.evaluate("location.origin"))


def test_typing_shows_results_at_once_and_keeps_the_focus(visit: Open) -> None:
    page = visit("/models")
    box = page.get_by_role("searchbox", name="Search models")

    box.press_sequentially("llama", delay=20)

    expect(page.locator(".row")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"/models\?q=llama$"))
    expect(page).to_have_title(re.compile("1 model for “llama”"))
    expect(page.locator("#spoken")).to_have_text("1 model for “llama”")
    expect(box).to_be_focused()


def test_choosing_a_filter_and_going_back(visit: Open) -> None:
    page = visit("/models?q=acme")

    page.get_by_role("checkbox", name=re.compile("No commercial use")).check()
    expect(page.locator(".row")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"license_class=non-commercial$"))
    expect(page.get_by_role("checkbox", name=re.compile("No commercial use"))).to_be_focused()
    page.go_back()

    expect(page).to_have_url(re.compile(r"/models\?q=acme$"))
    expect(page.locator(".row")).to_have_count(24)
    expect(page.get_by_role("checkbox", name=re.compile("No commercial use"))).not_to_be_checked()


def test_the_address_alone_brings_the_same_page(visit: Open) -> None:
    page = visit("/models")
    page.get_by_role("checkbox", name=re.compile("No commercial use")).check()
    expect(page.locator(".row")).to_have_count(1)

    again = visit(page.url.removeprefix(origin(page)))

    expect(again.locator(".row-name")).to_have_text("acme/limited")


def test_a_value_can_be_ruled_out(visit: Open) -> None:
    page = visit("/models?q=acme")
    choice = page.locator("#facet-license_class li", has_text="Commercial use allowed")

    choice.hover()
    choice.get_by_role("button").click()

    expect(page).to_have_url(re.compile("license_class=-open$"))
    expect(page.locator(".row-name")).to_have_text("acme/limited")
    page.get_by_role(
        "link", name="Remove filter: What the license permits = Commercial use allowed"
    ).click()
    expect(page).to_have_url(re.compile(r"/models\?q=acme$"))


def test_what_was_folded_open_stays_open(visit: Open) -> None:
    page = visit("/models")
    page.locator("#facet-publisher > summary").click()

    page.get_by_role("checkbox", name=re.compile("Meta")).check()

    expect(page.locator(".row")).to_have_count(1)
    expect(page.locator("#facet-publisher")).to_have_attribute("open", "")
    page.locator("#facet-license_class > summary").click()
    page.get_by_role("link", name=re.compile("Remove filter: Publisher")).click()
    expect(page.locator(".row")).to_have_count(24)
    expect(page.locator("#facet-license_class")).not_to_have_attribute("open", "")


def test_the_slash_key_focuses_the_search_unless_it_is_switched_off(visit: Open) -> None:
    page = visit("/tasks")
    box = page.get_by_role("combobox", name="Search models")

    page.keyboard.press("/")
    expect(box).to_be_focused()
    expect(box).to_have_value("")

    page = visit("/tasks?shortcuts=off")
    page.keyboard.press("/")
    expect(page.get_by_role("combobox", name="Search models")).not_to_be_focused()


def test_without_javascript_everything_is_still_there(visit: Open) -> None:
    page = visit("/", java_script_enabled=False)

    page.get_by_role("searchbox", name="Search models").fill("acme")
    page.get_by_role("button", name="Search").click()
    expect(page).to_have_url(re.compile(r"/models\?q=acme$"))
    page.get_by_role("checkbox", name=re.compile("Commercial use allowed")).check()
    page.get_by_role("button", name="Show results").click()
    expect(page).to_have_url(re.compile(r"/models\?q=acme&license_class=open$"))
    page.get_by_role("link", name="Next").click()
    expect(page).to_have_url(re.compile(r"page=2$"))
    expect(page.locator(".row")).to_have_count(6)
    page.get_by_role("link", name=re.compile("Remove filter")).click()
    expect(page).to_have_url(re.compile(r"/models\?q=acme$"))


def test_on_a_phone_the_filters_fold_away_and_nothing_sticks_out(visit: Open) -> None:
    page = visit("/models", viewport={"width": 320, "height": 640}, has_touch=True, is_mobile=True)
    choice = page.get_by_role("checkbox", name=re.compile("No commercial use"))

    expect(choice).not_to_be_visible()
    page.locator("#filters > summary").click()
    expect(choice).to_be_visible()

    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize(
    "path",
    ["/", "/models", "/models/Meta/Llama-3-8B", "/tasks", "/tasks/text-generation", "/publishers"],
)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_page_is_wider_than_a_narrow_phone(visit: Open, path: str, language: str) -> None:
    page = visit(f"{path}?lang={language}", viewport={"width": 320, "height": 640})

    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_theme_changes_at_once_and_stays(visit: Open) -> None:
    page = visit("/", color_scheme="light")
    root = page.locator("html")
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)

    page.locator("#theme").click()  # auto to light
    page.locator("#theme").click()  # light to dark

    expect(root).to_have_attribute("data-theme", "dark")
    assert page.evaluate(paper) != light
    page.reload()
    expect(root).to_have_attribute("data-theme", "dark")


def test_chinese_is_one_link_away(visit: Open) -> None:
    page = visit("/")

    page.get_by_role("link", name="中文").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("个 AI 模型")
    page.get_by_role("combobox", name="搜索模型").fill("llama")
    page.get_by_role("button", name="搜索").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("“llama”：1 个模型")


def test_the_search_page_takes_few_requests(visit: Open) -> None:
    page = visit("/models")

    page.wait_for_load_state("networkidle")
    asked = page.evaluate("performance.getEntriesByType('resource').map((one) => one.name)")

    assert 0 < len(asked) <= 11  # and the page itself


def test_nothing_moves_while_the_page_loads(visit: Open) -> None:
    page = visit("/models")

    shift = page.evaluate(
        """() => new Promise((done) => {
          let sum = 0;
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) sum += entry.value;
          }).observe({ type: "layout-shift", buffered: true });
          setTimeout(() => done(sum), 300);
        })"""
    )

    assert shift < 0.02
