"""What others write attacks whoever reads it, in every place where it is shown, in a real browser.

The attacks are in tests/fences/attacks.jsonl. Each sets `window.__hit`, opens a dialog, asks
another host or breaks the policy; many stand on each page, so that few pages show them all.
"""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from django.conf import settings as configured
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page

from launch.instance import ROOT

from .conftest import pages_of

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper
    from pytest_django.live_server_helper import LiveServer

pytestmark = pytest.mark.browser

ATTACKS: list[str] = [
    json.loads(line)
    for line in (ROOT / "tests" / "fences" / "attacks.jsonl").read_text().splitlines()
]
A_PAGE = 20


def without_nul(text: str) -> str:
    return text.replace("\0", "")


PORTIONS = [
    [without_nul(attack) for attack in ATTACKS[start : start + A_PAGE]]
    for start in range(0, len(ATTACKS), A_PAGE)
]


def test_the_corpus_is_long_enough() -> None:
    assert len(set(ATTACKS)) >= 200


def test_the_tripwire_trips(browser: Browser, live_server: "LiveServer") -> None:
    with (
        pytest.raises(AssertionError, match="script-src"),
        pages_of(browser, live_server.url) as visit,
    ):
        page = visit("/account/login")
        page.evaluate("document.body.innerHTML = '<img src=x onerror=1>'")
        page.wait_for_function("window.__violations.length > 0")


@pytest.fixture
def page(
    browser: Browser,
    live_server: "LiveServer",
    catalog: list[Any],
    settings: "SettingsWrapper",
) -> Iterator[Page]:
    """One page of somebody signed in, for all visits; dialogs count as hits."""
    from accounts.models import User  # noqa: PLC0415

    settings.IMAGE_HOSTS = []
    client = Client()
    client.force_login(User.objects.create_user("ada", "ada@example.org", "a-long-password"))
    with pages_of(browser, live_server.url) as visit:
        page = visit("/livez")
        page.on("dialog", lambda dialog: (page.evaluate("window.__hit = 1"), dialog.dismiss()))
        name = configured.SESSION_COOKIE_NAME
        cookie = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
        page.context.add_cookies([cookie])
        yield page


def see(page: Page, live_server: "LiveServer", path: str) -> None:
    """Open it, touch what can be touched, and find nothing done."""
    page.goto(live_server.url + path)
    page.evaluate(
        """() => document.querySelectorAll("main a, main summary, main [tabindex]").forEach(
            (part) => { part.focus(); part.dispatchEvent(new MouseEvent("mouseover")); })"""
    )
    assert page.evaluate("window.__hit") is None, path
    assert page.evaluate("window.__violations") == [], path
    assert page.locator("main").count() == 1, path
    assert page.locator("main :is(iframe, object, embed, meta, base, style, link)").count() == 0
    assert page.locator("main script").count() == 0, path
    assert "49 49" not in page.locator("main").inner_text(), path


def test_no_attack_does_anything_where_models_are_shown(
    page: Page, live_server: "LiveServer", catalog: list[Any]
) -> None:
    from django.core.management import call_command  # noqa: PLC0415

    from catalog.models import AIModel, Card, Example  # noqa: PLC0415

    for ai_model, portion in zip(catalog[2:], PORTIONS, strict=False):
        text = "\n\n".join(portion)
        Card.objects.create(
            ai_model=ai_model,
            text=text,
            full_length=len(text),
            source="huggingface",
            read_at=timezone.now(),
        )
        Example.objects.create(
            ai_model=ai_model,
            source_id="x",
            input={attack[:100]: attack for attack in portion},
            output=portion,
        )
        AIModel.objects.filter(pk=ai_model.pk).update(
            summary=" ".join(portion),
            tags=portion,
            license_text=portion[0][:100],
            aliases=portion[:5],
            updated_at=timezone.now(),
        )
    publisher = catalog[2].publisher
    type(publisher).objects.filter(pk=publisher.pk).update(name=" ".join(PORTIONS[0])[:200])
    call_command("rebuild_index", verbosity=0)

    for ai_model in catalog[2 : 2 + len(PORTIONS)]:
        see(page, live_server, ai_model.get_absolute_url())
        see(page, live_server, f"{ai_model.get_absolute_url()}/examples")
    for path in ("/models", "/publishers", f"/publishers/{publisher.slug}", "/"):
        see(page, live_server, path)


def test_no_attack_does_anything_in_an_address(page: Page, live_server: "LiveServer") -> None:
    """Searched for, as where to go on, as a choice, and as a page that is not there."""
    for portion in PORTIONS:
        text = quote(" ".join(portion)[:400])
        see(page, live_server, f"/models?q={text}")
    see(page, live_server, f"/account/tokens?next={text}&lang={text}&theme={text}")
    wrong = [attack for attack in ATTACKS if "\0" not in attack and "/" not in attack]
    for start in range(0, len(wrong), 60):
        text = quote(" ".join(wrong[start : start + 60])[:1500])
        answer = page.request.get(f"{live_server.url}/models/acme/{text}")
        assert answer.status == 404
        assert "script-src 'nonce-" in answer.headers["content-security-policy"]


def test_no_attack_does_anything_where_predictions_and_collections_are_shown(
    page: Page, live_server: "LiveServer", catalog: list[Any]
) -> None:
    from accounts.models import User  # noqa: PLC0415
    from catalog.models import Collection  # noqa: PLC0415
    from deployments.models import Prediction  # noqa: PLC0415
    from tests.deployments import rows  # noqa: PLC0415

    ada = User.objects.get(username="ada")
    version = rows.version()
    made = [
        rows.prediction(
            ada,
            version,
            status=Prediction.Status.FAILED if number % 2 else Prediction.Status.SUCCEEDED,
            input={"text": " ".join(portion), **{attack[:90]: attack for attack in portion}},
            output=None if number % 2 else portion,
            error=" ".join(portion) if number % 2 else "",
            logs="\n".join(portion),
        )
        for number, portion in enumerate(PORTIONS)
    ]
    collection = Collection.objects.create(
        owner=ada, slug="hostile", name=PORTIONS[1][0][:60], description="\n\n".join(PORTIONS[2])
    )
    for position, (ai_model, attack) in enumerate(zip(catalog[2:], ATTACKS, strict=False)):
        collection.ai_models.through.objects.create(
            collection=collection,
            ai_model=ai_model,
            position=position,
            note=without_nul(attack)[:200],
        )

    for prediction in made:
        see(page, live_server, f"/predictions/{prediction.pk}")
    for path in ("/predictions", collection.get_absolute_url(), "/account/collections"):
        see(page, live_server, path)
