"""A real browser on a real server with a small catalog in the real engine.

Every page is watched: an error in the console, a break of the content security policy or a
request to another host fails the test that caused it.
"""
# ruff: noqa: PLC0415

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.catalog.pages.conftest import llama, make_model, nothing_remembered

if TYPE_CHECKING:
    from pytest_django.live_server_helper import LiveServer

    from catalog.models import AIModel

__all__ = ["llama", "make_model", "nothing_remembered"]

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
WATCH = """
window.__hit = undefined;
window.__violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.__violations.push(`${event.violatedDirective} ${event.blockedURI}`);
});
"""
expect.set_options(timeout=20_000)  # a busy machine is slow, and that is no failure
Open = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium here: apt-get install chromium")
    # Playwright's own loop runs in this thread; Django would take it for one of its own.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def catalog(transactional_db: None, request: pytest.FixtureRequest) -> "list[AIModel]":
    """Thirty models more and the llama, all in the index."""
    from django.core.management import call_command

    make_model = request.getfixturevalue("make_model")
    llama = request.getfixturevalue("llama")
    others = [make_model(f"acme/whisper-{number}", downloads=number) for number in range(30)]
    limited = make_model("acme/limited", license=None, license_class="non-commercial")
    call_command("rebuild_index", verbosity=0)
    return [llama, limited, *others]


@pytest.fixture
def visit(browser: Browser, live_server: "LiveServer", catalog: "list[AIModel]") -> Iterator[Open]:
    with pages_of(browser, live_server.url) as visit:
        yield visit


@contextmanager
def pages_of(
    browser: Browser, url: str, *, also: tuple[str, ...] = (), **always: Any
) -> Iterator[Open]:
    """Open a path in a context of its own; what went wrong on any page fails at the end.

    `also`: other hosts that may be asked, by how their addresses begin.
    """
    contexts: list[BrowserContext] = []
    wrongs: list[str] = []

    def visit(path: str, **options: Any) -> Page:
        context = browser.new_context(**always, **options)
        contexts.append(context)
        context.add_init_script(WATCH)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: wrongs.append(f"error: {error}"))
        page.on("request", lambda asked: _check_host(asked.url, (url, *also), wrongs))
        page.on(
            "console",
            lambda said: wrongs.append(f"console: {said.text}") if said.type == "error" else None,
        )
        page.goto(url + path)
        return page

    yield visit

    for context in contexts:
        for page in context.pages:
            wrongs.extend(page.evaluate("window.__violations"))
    seen = list(wrongs)  # before an answer that nobody waits for is cut off by the close
    for context in contexts:
        context.close()
    assert seen == []


def _check_host(url: str, known: tuple[str, ...], wrongs: list[str]) -> None:
    if not url.startswith((*known, "data:", "blob:")):
        wrongs.append(f"asked another host: {url}")
