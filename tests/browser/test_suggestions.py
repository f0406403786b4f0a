"""Suggestions as people meet them: by keyboard, by mouse, by touch, in Chinese, while they type."""

import re
from contextlib import suppress
from urllib.parse import unquote

import pytest
from playwright.sync_api import Error, Locator, Page, Route, expect

from .conftest import Open

pytestmark = pytest.mark.browser


def box_of(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Search models")


def options(page: Page) -> Locator:
    return page.locator("#suggestions [role=option]")


def active(page: Page) -> Locator:
    """What the box says is chosen, as a screen reader finds it."""
    id = box_of(page).get_attribute("aria-activedescendant") or "nothing"
    return page.locator(f"#{id}")


def test_by_keyboard_from_the_slash_to_the_models_page(visit: Open) -> None:
    page = visit("/tasks")

    page.keyboard.press("/")
    page.keyboard.type("lla")
    expect(options(page)).to_have_count(2)  # the llama, and the search for it
    page.keyboard.press("ArrowDown")
    expect(active(page)).to_contain_text("Meta/Llama-3-8B")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("/models/Meta/Llama-3-8B$"))


def test_the_arrows_pass_the_box_and_home_and_end_to_the_ends(visit: Open) -> None:
    page = visit("/")
    page.keyboard.press("Control+k")
    page.keyboard.type("whisper")
    expect(options(page)).to_have_count(7)

    chosen = []
    for key in ("ArrowDown", "End", "ArrowDown", "ArrowUp", "Home", "ArrowUp"):
        page.keyboard.press(key)
        chosen.append((box_of(page).get_attribute("aria-activedescendant") or "").split("-")[-1])

    assert chosen == ["0", "6", "", "6", "0", ""]
    expect(box_of(page)).to_be_focused()


def test_enter_without_a_choice_searches_for_what_was_typed(visit: Open) -> None:
    page = visit("/")
    box_of(page).press_sequentially("whisper")
    expect(options(page)).to_have_count(7)

    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"/models\?q=whisper$"))


def test_escape_closes_and_then_empties(visit: Open) -> None:
    page = visit("/")
    box_of(page).press_sequentially("whisper")
    expect(options(page)).to_have_count(7)

    page.keyboard.press("Escape")
    expect(page.locator("#suggestions")).not_to_be_visible()
    expect(box_of(page)).to_have_value("whisper")
    page.keyboard.press("Escape")

    expect(box_of(page)).to_have_value("")


def test_by_mouse(visit: Open) -> None:
    page = visit("/")
    box_of(page).press_sequentially("meta")

    page.get_by_role("group", name="Publishers").get_by_role("option").click()

    expect(page).to_have_url(re.compile("/publishers/Meta$"))


def test_a_click_elsewhere_and_the_tab_key_close_the_list(visit: Open) -> None:
    page = visit("/")
    box_of(page).press_sequentially("whisper")
    expect(options(page)).to_have_count(7)

    page.get_by_role("heading", level=1).click()
    expect(page.locator("#suggestions")).not_to_be_visible()
    box_of(page).focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#suggestions")).to_be_visible()
    page.keyboard.press("Tab")

    expect(page.locator("#suggestions")).not_to_be_visible()
    expect(box_of(page)).not_to_be_focused()


def test_a_late_answer_never_replaces_a_newer_one(visit: Open) -> None:
    page = visit("/")
    held: list[Route] = []
    page.route("**/suggestions?q=wh", lambda route: held.append(route))  # noqa: PLW0108
    with page.expect_request("**/suggestions?q=wh"):
        box_of(page).fill("wh")

    box_of(page).fill("lla")
    expect(options(page).first).to_contain_text("Meta/Llama-3-8B")
    for route in held:
        with suppress(Error):  # the page has given it up
            route.continue_()
    with page.expect_response("**/suggestions?q=lla-3"):
        box_of(page).press("End")
        page.keyboard.type("-3")

    expect(options(page).first).to_contain_text("Meta/Llama-3-8B")


def test_nothing_is_asked_while_an_input_method_composes(visit: Open) -> None:
    page = visit("/?lang=zh-hans")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(unquote(request.url)))
    page.get_by_role("combobox", name="搜索模型").focus()
    keyboard = page.context.new_cdp_session(page)

    for text in ("w", "we", "wen"):
        at = {"selectionStart": len(text), "selectionEnd": len(text)}
        keyboard.send("Input.imeSetComposition", {"text": text, **at})
    with page.expect_response("**/suggestions?**"):
        keyboard.send("Input.insertText", {"text": "文本"})

    assert [url.rpartition("=")[2] for url in asked if "/suggestions" in url] == ["文本"]


def test_searches_are_remembered_in_the_browser_and_can_be_forgotten(visit: Open) -> None:
    page = visit("/")
    box_of(page).fill("whisper")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"q=whisper$"))
    page.goto(page.url.split("/models")[0] + "/tasks")

    box_of(page).focus()
    expect(options(page)).to_have_text([re.compile("whisper"), re.compile("Forget")])
    options(page).last.click()
    expect(page.locator("#suggestions")).not_to_be_visible()
    page.reload()
    box_of(page).focus()

    expect(page.locator("#suggestions")).not_to_be_visible()


def test_the_box_and_its_list_are_what_the_aria_practices_ask_for(visit: Open) -> None:
    page = visit("/")
    box = box_of(page)
    expect(box).to_have_attribute("aria-expanded", "false")

    box.press_sequentially("whisper")
    expect(options(page)).to_have_count(7)
    page.keyboard.press("ArrowDown")

    expect(box).to_have_attribute("aria-expanded", "true")
    expect(box).to_have_attribute("aria-autocomplete", "list")
    expect(box).to_have_attribute("aria-controls", "suggestions")
    expect(page.get_by_role("listbox", name="Suggestions")).to_be_visible()
    expect(page.get_by_role("group", name="Models").get_by_role("option")).to_have_count(6)
    expect(page.get_by_role("option", selected=True)).to_have_count(1)
    expect(page.locator("#spoken")).to_have_text("6 suggestions")
    ids = page.locator("#suggestions [id]").evaluate_all("(all) => all.map((one) => one.id)")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("path", ["/", "/tasks"])
def test_on_a_phone_what_is_suggested_fits_and_can_be_touched(visit: Open, path: str) -> None:
    page = visit(path, viewport={"width": 320, "height": 640}, has_touch=True, is_mobile=True)

    box_of(page).tap()
    page.keyboard.type("whisper")
    expect(options(page)).to_have_count(7)

    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    heights = options(page).evaluate_all("(all) => all.map((one) => one.offsetHeight)")
    assert min(heights) >= 24
    options(page).first.tap()
    expect(page).to_have_url(re.compile("/models/acme/whisper-"))


def test_on_the_page_of_results_nothing_hangs_over_them(visit: Open) -> None:
    page = visit("/models")

    page.get_by_role("searchbox", name="Search models").press_sequentially("meta")

    expect(page.locator(".row")).to_have_count(1)
    expect(page.locator("input[role=combobox]")).to_have_count(0)
    expect(page.get_by_role("list", name="Called just so").get_by_role("link")).to_contain_text(
        "Publisher Meta"
    )


def test_the_question_mark_lists_the_keys_unless_they_are_switched_off(visit: Open) -> None:
    page = visit("/tasks")
    dialog = page.get_by_role("dialog", name="Keys")

    page.keyboard.press("?")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    page.get_by_role("button", name="Keys").click()
    dialog.get_by_role("link", name="Turn shortcuts off").click()
    page.keyboard.press("?")

    expect(dialog).not_to_be_visible()
    page.get_by_role("button", name="Keys").click()
    expect(dialog).to_be_visible()


def test_without_javascript_the_box_is_a_plain_search_field(visit: Open) -> None:
    page = visit("/tasks", java_script_enabled=False)

    page.get_by_role("searchbox", name="Search models").fill("llama")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"/models\?q=llama$"))
