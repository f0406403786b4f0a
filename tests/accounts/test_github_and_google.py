"""Coming in by GitHub and by Google to the end, with both addresses led to a provider of ours.

Neither can be had here: their addresses are what is changed, and nothing of what is done with them.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken
from allauth.socialaccount.providers.github.views import GitHubOAuth2Adapter
from allauth.socialaccount.providers.google import views as google_views
from allauth.socialaccount.providers.google.views import GoogleOAuth2Adapter
from django.conf import settings as slipways
from django.test import Client

from accounts.models import User
from tests import openid, smtp
from tests.openid import CLIENT, SECRET, Provider

from .test_services import go

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

pytestmark = pytest.mark.django_db
GITHUB, GOOGLE = "/account/services/github", "/account/services/google"


@pytest.fixture
def provider(settings: "SettingsWrapper") -> Iterator[Provider]:
    with openid.provider() as kept:
        settings.OPENID_SERVER_URL = kept.url  # a named host may lie inside
        app = {"client_id": CLIENT, "secret": SECRET}
        settings.SOCIALACCOUNT_PROVIDERS = {
            name: slipways.SOCIALACCOUNT_PROVIDERS[name] | {"APPS": [app]}
            for name in ("github", "google")
        }
        yield kept


@pytest.fixture
def github(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> Provider:
    provider.person = {"id": 7, "login": "grace", "email": None, "name": "Grace Hopper"}
    provider.addresses = [_address("grace@example.org"), _address("g@example.com", primary=False)]
    for name, path in {
        "authorize_url": "/login/oauth/authorize",
        "access_token_url": "/login/oauth/access_token",
        "profile_url": "/user",
        "emails_url": "/user/emails",
    }.items():
        monkeypatch.setattr(GitHubOAuth2Adapter, name, provider.url + path)
    return provider


@pytest.fixture
def google(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> Provider:
    monkeypatch.setattr(GoogleOAuth2Adapter, "authorize_url", f"{provider.url}/authorize")
    monkeypatch.setattr(GoogleOAuth2Adapter, "access_token_url", f"{provider.url}/token")
    monkeypatch.setattr(google_views, "ID_TOKEN_ISSUER", provider.url)
    return provider


def _address(email: str, *, primary: bool = True, verified: bool = True) -> dict[str, Any]:
    return {"email": email, "primary": primary, "verified": verified, "visibility": None}


@pytest.mark.parametrize("door", [GITHUB, GOOGLE])
def test_the_first_time_one_chooses_a_name_and_the_next_time_is_in(
    request: pytest.FixtureRequest, door: str
) -> None:
    request.getfixturevalue(door.rpartition("/")[2])
    first, next_time = Client(), Client()

    form = go(first, door=door)["Location"]
    assert 'value="grace@example.org"' in first.get(form).content.decode()
    first.post(form, {"username": "amazing-grace", "email": "grace@example.org"})

    assert first.get("/account").status_code == 200
    assert EmailAddress.objects.get(email="grace@example.org").verified
    assert not SocialToken.objects.exists()
    assert go(next_time, door=door, next="/account/tokens")["Location"] == "/account/tokens"
    assert User.objects.get().username == "amazing-grace"


@pytest.mark.parametrize(
    "addresses", [[_address("grace@example.org", verified=False)], [], None], ids=str
)
def test_an_address_that_github_did_not_confirm_is_confirmed_here(
    client: Client, github: Provider, mailbox: smtp.Mailbox, addresses: list[dict[str, Any]] | None
) -> None:
    github.person["email"] = "grace@example.org"  # what somebody shows of themselves
    github.addresses = addresses

    form = go(client, door=GITHUB)["Location"]
    response = client.post(form, {"username": "grace", "email": "grace@example.org"})

    assert response["Location"] == "/account/email/code"
    assert client.get("/account").status_code == 302


def test_an_address_that_google_did_not_confirm_is_confirmed_here(
    client: Client, google: Provider, mailbox: smtp.Mailbox
) -> None:
    google.person["email_verified"] = False

    form = go(client, door=GOOGLE)["Location"]
    response = client.post(form, {"username": "grace", "email": "grace@example.org"})

    assert response["Location"] == "/account/email/code"


@pytest.mark.parametrize("door", [GITHUB, GOOGLE])
def test_an_address_of_another_account_opens_it_not(
    request: pytest.FixtureRequest, client: Client, ada: User, mailbox: smtp.Mailbox, door: str
) -> None:
    provider: Provider = request.getfixturevalue(door.rpartition("/")[2])
    EmailAddress.objects.create(user=ada, email="ada@example.org", verified=True, primary=True)
    provider.person |= {"email": "ada@example.org"}
    provider.addresses = [_address("ada@example.org")]

    form = go(client, door=door)["Location"]
    client.post(form, {"username": "mallory", "email": "ada@example.org"})

    assert client.get("/account").status_code == 302
    assert not SocialAccount.objects.exists()
    assert list(User.objects.all()) == [ada]


@pytest.mark.parametrize(
    "claims", [{"iss": "https://evil.example"}, {"aud": "another"}, {"exp": 1}, {"sub": None}]
)
def test_a_token_of_google_that_is_not_for_us_is_refused(
    client: Client, google: Provider, claims: dict[str, Any]
) -> None:
    google.claims = claims

    go(client, door=GOOGLE)

    assert client.get("/account/services/signup")["Location"] == "/account/login"


@pytest.mark.parametrize("person", [{}, {"login": "grace"}, [], "grace"], ids=str)
def test_a_profile_of_github_without_an_id_is_told_as_a_failure(
    client: Client, github: Provider, person: Any
) -> None:
    github.person = person

    go(client, door=GITHUB)

    assert client.get("/account/services/signup")["Location"] == "/account/login"
    assert not SocialAccount.objects.exists()
