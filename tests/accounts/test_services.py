"""Coming in by another service: a real OpenID provider, and one that means harm."""

import re
from collections.abc import Iterator
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.test import Client

from accounts.models import AuditEvent, User
from tests import openid, smtp
from tests.openid import Provider
from tests.staff import code_now, with_second_factor

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

pytestmark = pytest.mark.django_db
DOOR, CONNECTIONS = "/account/services/by/openid", "/account/services"


@pytest.fixture
def provider(settings: "SettingsWrapper") -> Iterator[Provider]:
    with openid.provider() as kept:
        openid.use(kept, settings)
        yield kept


def go(client: Client, process: str = "login", door: str = DOOR, **fields: str) -> Any:
    """As a browser does: by the page that leads there, the provider, and back."""
    leaving = client.post(f"{door}?process={process}", fields)
    found = re.search(r'content="0;url=([^"]+)"', leaving.content.decode())
    assert found, leaving
    back = requests.get(unescape(found[1]), allow_redirects=False, timeout=10).headers["Location"]
    parts = urlsplit(back)
    return client.get(f"{parts.path}?{parts.query}")


def test_the_first_time_one_chooses_a_name_and_is_in(client: Client, provider: Provider) -> None:
    assert "Go on with Our login" in client.get("/account/login").content.decode()

    form = go(client, next="/account/tokens")["Location"]
    assert 'value="grace"' in client.get(form).content.decode()
    client.post(form, {"username": "amazing-grace", "email": "grace@example.org"})

    user = User.objects.get()
    assert (user.username, user.has_usable_password()) == ("amazing-grace", False)
    assert EmailAddress.objects.get().verified
    assert client.get("/account").status_code == 200
    assert not SocialToken.objects.exists()


def test_the_next_time_one_is_in_at_once(client: Client, provider: Provider) -> None:
    form = go(Client())["Location"]
    assert form == "/account/services/signup"
    first = Client()
    first.post(go(first)["Location"], {"username": "grace", "email": "grace@example.org"})

    response = go(client, next="/account/tokens")

    assert response["Location"] == "/account/tokens"
    assert AuditEvent.objects.filter(what="session.begun").first().after == {  # type: ignore[union-attr]
        "by": ["socialaccount"]
    }


def test_the_second_factor_is_asked_for_here_too(
    client: Client, ada: User, provider: Provider
) -> None:
    SocialAccount.objects.create(user=ada, provider="openid", uid="7")
    with_second_factor(ada)

    assert go(client)["Location"] == "/account/second-factor/code"
    assert client.get("/account").status_code == 302
    client.post("/account/second-factor/code", {"code": code_now()})
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize("is_verified", [True, False])
def test_an_address_that_the_service_tells_opens_no_account_that_has_it(
    client: Client, ada: User, provider: Provider, mailbox: smtp.Mailbox, is_verified: bool
) -> None:
    EmailAddress.objects.create(user=ada, email="ada@example.org", verified=True, primary=True)
    provider.person |= {"email": "ada@example.org", "email_verified": is_verified}

    form = go(client)["Location"]
    client.post(form, {"username": "mallory", "email": "ada@example.org"})

    assert client.get("/account").status_code == 302
    assert not SocialAccount.objects.exists()
    assert list(User.objects.all()) == [ada]


def test_an_address_that_nobody_confirmed_is_confirmed_here(
    client: Client, provider: Provider, mailbox: smtp.Mailbox
) -> None:
    provider.person["email_verified"] = False

    form = go(client)["Location"]
    response = client.post(form, {"username": "grace", "email": "grace@example.org"})

    assert response["Location"] == "/account/email/code"
    assert client.get("/account").status_code == 302


def test_whoever_is_in_connects_and_removes_a_service(
    as_ada: Client, ada: User, provider: Provider
) -> None:
    as_ada.post("/account/logout")
    as_ada.post("/account/login", {"login": "ada", "password": "a-long-password"})

    go(as_ada, process="connect")
    page = as_ada.get(CONNECTIONS).content.decode()
    account = SocialAccount.objects.get(user=ada)
    assert "Our login" in page
    as_ada.post(CONNECTIONS, {"account": account.pk})

    assert not SocialAccount.objects.exists()
    noted = AuditEvent.objects.filter(what__startswith="service.").order_by("pk")
    assert [event.what for event in noted] == ["service.connected", "service.disconnected"]


def test_closed_sign_up_is_closed_here_too(
    client: Client, provider: Provider, settings: "SettingsWrapper"
) -> None:
    settings.SIGN_UP = "closed"

    assert "SIGN_UP=open" in go(client).content.decode()
    assert not User.objects.exists()


def test_domains_hold_here_too(
    client: Client, provider: Provider, settings: "SettingsWrapper"
) -> None:
    settings.SIGN_UP_DOMAINS = ["example.com"]

    response = client.post(
        go(client)["Location"], {"username": "grace", "email": "grace@example.org"}
    )

    assert "address at example.com" in response.content.decode()
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "says",
    [
        {"token_endpoint": "http://169.254.169.254/latest/meta-data"},
        {"token_endpoint": "http://localhost:6379/"},
        {"token_endpoint": "file:///etc/passwd"},
        {"userinfo_endpoint": "http://[::1]/"},
        {"userinfo_endpoint": "https://10.0.0.1/userinfo"},
        {"token_endpoint": None},
        {"token_endpoint": "http://127.0.0.1:1/"},
    ],
)
def test_a_provider_leads_to_no_address_inside(
    client: Client, provider: Provider, says: dict[str, Any]
) -> None:
    provider.says = says

    response = go(client)

    assert client.get("/account").status_code == 302
    page = client.get(response["Location"]) if response.status_code == 302 else response
    assert page.status_code in (200, 401)
    assert "/account/services/signup" not in response.get("Location", "")


@pytest.mark.parametrize("path", ["/elsewhere", "/endless", "/nothing"])
def test_what_leads_elsewhere_or_never_ends_is_no_answer(
    client: Client, provider: Provider, path: str
) -> None:
    provider.says = {"userinfo_endpoint": f"{provider.url}{path}"}

    go(client)

    assert client.get("/account/services/signup")["Location"] == "/account/login"


@pytest.mark.parametrize(
    "claims", [{"iss": "https://evil.example"}, {"aud": "another"}, {"exp": 1}]
)
def test_a_token_that_is_not_for_us_is_refused(
    client: Client, provider: Provider, claims: dict[str, Any]
) -> None:
    provider.claims = claims

    go(client)

    assert client.get("/account/services/signup")["Location"] == "/account/login"


def test_a_state_that_we_did_not_give_is_refused(client: Client, provider: Provider) -> None:
    for query in ("code=x&state=y", "code=x", "", "error=access_denied"):
        response = client.get(f"{DOOR}/back?{query}")
        assert "Begin again" in response.content.decode()
    assert provider.asked == []


def test_a_provider_that_is_away_is_told(
    client: Client, provider: Provider, settings: "SettingsWrapper"
) -> None:
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]["server_url"] = (
        "http://127.0.0.1:1"
    )

    page = client.post(DOOR, follow=True).content.decode()

    assert "did not answer as it should" in page


@pytest.mark.parametrize("path", ["github", "google", "by/openid", "by/other", "github/back"])
def test_what_is_not_set_up_is_not_there(client: Client, path: str) -> None:
    assert client.post(f"/account/services/{path}").status_code == 404
    assert "Other services" not in client.get("/account/login").content.decode()


@pytest.mark.parametrize(
    ("name", "host"), [("github", "github.com"), ("google", "accounts.google.com")]
)
def test_github_and_google_are_led_to_with_our_address_and_a_challenge(
    client: Client, settings: "SettingsWrapper", name: str, host: str
) -> None:
    app = {"client_id": "an-id", "secret": "a-secret"}
    settings.SOCIALACCOUNT_PROVIDERS = {name: {"APPS": [app], "OAUTH_PKCE_ENABLED": True}}

    page = unescape(client.post(f"/account/services/{name}").content.decode())

    assert f"url=https://{host}/" in page
    assert f"%2Faccount%2Fservices%2F{name}%2Fback" in page
    assert "code_challenge=" in page
    assert "a-secret" not in page


def test_opening_the_address_asks_before_it_leads_away(client: Client, provider: Provider) -> None:
    page = client.get(DOOR)

    assert page.status_code == 200
    assert provider.asked == []
