"""Running a model, deploying it and watching it, in a real browser on a real Slipway."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from launch.instance import ROOT
from tests.browser.conftest import Open, pages_of
from tests.deployments.predictions.standing import Standing, standing

# Their own database is a copy of the tests', which is made only when a test says that it wants it.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.own_database,
    pytest.mark.django_db,
    pytest.mark.timeout(300),  # the first one starts it all
]
HELLO = "/models/slipway/hello"
STARTS = 60_000  # milliseconds in which a model is started, on a busy machine


@pytest.fixture(scope="module")
def slipway(
    empty_database: Path, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Standing]:
    """With the files of its pages, which its API alone does without."""
    var_dir = tmp_path_factory.mktemp("slipway")
    shutil.copy(empty_database, var_dir)
    environment = {**os.environ, "VAR_DIR": str(var_dir)}
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"]
    subprocess.run(collect, cwd=ROOT, env=environment, check=True)
    with standing(var_dir, redis_url) as stands:
        yield stands


@pytest.fixture(scope="module")
def signed_in(slipway: Standing, browser: Browser) -> Any:
    """What a browser keeps of having signed in."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{slipway.url}/account/login")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill("x")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator("#account")).to_be_visible()
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def enter(slipway: Standing, browser: Browser, signed_in: Any) -> Iterator[Open]:
    """Open a path as Ada."""
    with pages_of(browser, slipway.url, storage_state=signed_in) as enter:
        yield enter


def run(page: Page, text: str) -> None:
    page.get_by_label("Text").fill(text)
    page.get_by_role("button", name="Run").click()


def status(page: Page) -> Any:
    return page.locator(".state-line .label")


def output(page: Page) -> Any:
    return page.locator("#answer .said")


def test_a_model_is_run_deployed_watched_changed_and_stopped(enter: Open) -> None:
    page = enter(HELLO)
    page.get_by_role("link", name="Run", exact=True).click()

    run(page, "you")
    expect(output(page)).to_have_text("hello you", timeout=STARTS)

    page.get_by_role("link", name="Deploy", exact=True).click()
    page.get_by_label("Name").fill("greeter")
    page.get_by_label("Instances at least").fill("1")
    page.get_by_role("button", name="Deploy").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("greeter")
    expect(status(page)).to_have_text("Running", timeout=STARTS)
    expect(page.get_by_text("Serves from now on")).to_be_visible()

    page.get_by_role("link", name="Logs", exact=True).click()
    expect(page.locator(".log")).to_contain_text("Server ready")
    watching = page.context.new_page()
    watching.goto(page.url.replace("/logs", "/run"))
    run(watching, "me")
    expect(output(watching)).to_have_text("hello me")
    expect(page.locator(".log")).to_contain_text("greeting me")  # it came by itself

    page.get_by_role("link", name="Settings").click()
    page.get_by_label("Instances at most").fill("2")
    page.get_by_role("button", name="Save the changes").click()
    expect(page.get_by_text("Release 2 is on its way")).to_be_visible()
    page.get_by_role("link", name="Releases").click()
    page.get_by_role("button", name="Roll back to 1").click()
    expect(page.get_by_text("Release 3 is as release 1 was")).to_be_visible()
    expect(status(page)).to_have_text("Running", timeout=STARTS)

    page.get_by_role("button", name="Stop").click()
    expect(status(page)).to_have_text("Stopped", timeout=STARTS)
    expect(page.get_by_role("button", name="Start")).to_be_visible()


def test_without_javascript_a_model_is_run_by_looking_again(enter: Open) -> None:
    page = enter(f"{HELLO}/run", java_script_enabled=False)

    run(page, "you")

    for _ in range(60):
        if output(page).count():
            break
        page.wait_for_timeout(500)
        page.get_by_role("link", name="Look again").click()
    expect(output(page)).to_have_text("hello you")


def test_output_is_shown_as_it_comes(enter: Open) -> None:
    page = enter("/models/slipway/count/run")
    run(page, "warm")
    expect(page.locator("#answer h2 .label")).to_have_text("Done", timeout=STARTS)

    page.get_by_label("Pause").fill("0.5")
    run(page, "one two three four five six")

    expect(page.locator("#answer .growing")).to_contain_text("one two")
    expect(page.locator("#answer h2 .label")).to_have_text("Done")
    expect(output(page)).to_have_text("one two three four five six")


def test_a_file_is_sent_and_one_that_was_made_is_shown(enter: Open) -> None:
    page = enter(f"{HELLO}/run")
    sent = {"name": "a.txt", "mimeType": "text/plain", "buffer": b"quiet words"}
    page.get_by_label("File").set_input_files(sent)

    run(page, "you")

    expect(output(page)).to_have_text("QUIET WORDS", timeout=STARTS)
    page.goto(page.url.replace("hello", "paint").partition("?")[0])
    run(page, "you")
    expect(page.locator("#answer a[download]").first).to_be_visible(timeout=STARTS)


def test_what_goes_wrong_is_told_with_its_log(enter: Open) -> None:
    page = enter(f"{HELLO}/run")
    page.get_by_label("How").fill("fail")

    run(page, "you")

    expect(page.locator("#answer .failure")).to_contain_text("no greeting for you", timeout=STARTS)
    expect(page.locator("#answer h2 .label")).to_have_text("Failed")


def test_a_prediction_is_cancelled_while_it_runs(enter: Open) -> None:
    page = enter(f"{HELLO}/run")
    page.get_by_label("Seconds").fill("60")

    run(page, "you")
    expect(page.locator("#answer h2 .label")).to_have_text("Running", timeout=STARTS)
    page.get_by_role("button", name="Cancel").click()

    expect(page.locator("#answer h2 .label")).to_have_text("Cancelled")


def test_the_form_is_run_by_keyboard_alone(enter: Open) -> None:
    page = enter(f"{HELLO}/run")
    page.get_by_label("Text").focus()

    page.keyboard.type("keys")
    page.keyboard.press("Control+Enter")

    expect(output(page)).to_have_text("hello keys", timeout=STARTS)


def test_nothing_is_wider_than_a_narrow_phone(enter: Open) -> None:
    page = enter("/deployments", viewport={"width": 320, "height": 640})

    for path in ("/deployments", "/predictions", f"{HELLO}/run", f"{HELLO}/deploy"):
        page.goto(re.sub(r"(?<=\d)/.*", path, page.url))
        expect(page.get_by_role("heading", level=1)).to_be_visible()

        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
