"""The private feed of a saved search."""

import xml.etree.ElementTree as ET

import pytest
from django.core import signing
from django.test import Client

from accounts.models import User
from catalog.models import SavedSearch
from catalog.saved import actions, pages, tokens
from tests.catalog.pages.conftest import MakeModel

from .conftest import Look, Save

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def titles(client: Client, saved: SavedSearch) -> list[str]:
    saved.refresh_from_db()
    response = client.get(pages.feed_path(saved))
    assert response.status_code == 200
    entries = ET.fromstring(response.content).findall(f"{ATOM}entry")  # noqa: S314 our own
    return [entry.findtext(f"{ATOM}title") or "" for entry in entries]


def test_the_newest_match_comes_first_and_no_cookie_is_needed(
    client: Client, save: Save, look: Look, make_model: MakeModel
) -> None:
    saved = save()
    look()
    for name in ("Meta/llama-2", "Meta/llama-3"):
        make_model(name)
        look()

    assert titles(client, saved) == ["Meta/llama-3", "Meta/llama-2"]


def test_it_is_kept_out_of_search_engines_and_shared_caches(client: Client, save: Save) -> None:
    response = client.get(pages.feed_path(save()))

    assert response["X-Robots-Tag"] == "noindex"
    assert "private" in response["Cache-Control"]
    assert "public" not in response["Cache-Control"]
    assert not response.cookies
    again = client.get(
        response.wsgi_request.path, headers={"If-Modified-Since": response["Last-Modified"]}
    )
    assert again.status_code == 304


def test_a_wrong_token_is_404(client: Client, save: Save) -> None:
    path = pages.feed_path(save())
    token = path.removeprefix("/feeds/").removesuffix(".atom")
    said, _, signature = token.partition(".")

    for wrong in (said, f"{said}.", f"{said}.x", f"2-x.{signature}", f"{token}x", "x", "1.2.3"):
        assert client.get(f"/feeds/{wrong}.atom").status_code == 404, wrong


def test_renewed_it_has_another_address_and_the_one_before_is_gone(
    as_ada: Client, client: Client, save: Save
) -> None:
    saved = save()
    before = pages.feed_path(saved)

    as_ada.post(f"{saved.get_absolute_url()}/feed")

    assert client.get(before).status_code == 404
    assert titles(client, saved) == []


def test_of_a_deleted_search_or_a_closed_account_it_is_gone(
    client: Client, save: Save, ada: User
) -> None:
    first, second = pages.feed_path(save()), pages.feed_path(other := save())
    actions.delete(other)
    assert client.get(second).status_code == 404

    ada.is_active = False
    ada.save()

    assert client.get(first).status_code == 404


def test_its_address_stands_in_no_log(
    client: Client, save: Save, caplog: pytest.LogCaptureFixture
) -> None:
    path = pages.feed_path(save())

    client.get(path)

    assert path not in caplog.text
    assert "/feeds/..." in caplog.text


def test_no_copy_of_the_database_holds_its_address_or_the_secret(save: Save) -> None:
    saved = save(webhook_url="https://example.org/hook")
    row = str(SavedSearch.objects.values().get())

    assert tokens.feed_token(saved).partition(".")[2] not in row
    assert tokens.webhook_key(saved).secret.removeprefix("whsec_") not in row


@pytest.mark.parametrize("said", ["{pk}", "{pk}-", "{pk}-guessed"])
def test_the_secret_key_alone_makes_no_link_that_stops_mail(save: Save, said: str) -> None:
    saved = save()
    made = signing.Signer(salt=tokens.MAIL).sign(said.format(pk=saved.pk)).replace(":", ".")

    assert tokens.by_mail_token(made) is None
    assert tokens.by_mail_token(tokens.feed_token(saved)) is None
    assert tokens.by_mail_token(tokens.mail_token(saved)) == saved
