"""A proxy in front that TRUSTED_PROXIES does not know is told of; else it limits all at once."""

from collections.abc import Iterator
from ipaddress import ip_network

import pytest
from django.core import checks
from django.test import Client, RequestFactory
from pytest_django.fixtures import Settings

from accounts.models import User
from config import addresses, unheard
from config.health import views

FORWARDED = {"X-Forwarded-For": "203.0.113.7"}


@pytest.fixture(autouse=True)
def _nothing_noticed() -> Iterator[None]:
    unheard.forget()
    views._latest.clear()  # what the test before was shown is kept for three seconds
    yield
    unheard.forget()
    views._latest.clear()


@pytest.mark.parametrize("sender", ["127.0.0.1", "10.0.0.1", "100.64.0.1", "fd00::1", ""])
@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded"])
def test_it_is_said_once_in_the_log(
    rf: RequestFactory, caplog: pytest.LogCaptureFixture, sender: str, header: str
) -> None:
    for _ in range(3):
        addresses.of(rf.get("/", headers={header: "for=203.0.113.7"}, REMOTE_ADDR=sender))

    assert len(caplog.records) == 1
    assert "TRUSTED_PROXIES=1" in caplog.text


@pytest.mark.parametrize(("sender", "headers"), [("8.8.8.8", FORWARDED), ("10.0.0.1", {})])
def test_what_a_stranger_sends_is_not_worth_a_word(
    rf: RequestFactory, sender: str, headers: dict[str, str]
) -> None:
    addresses.of(rf.get("/", headers=headers, REMOTE_ADDR=sender))

    assert unheard.told() == ""


def test_nothing_is_said_when_a_proxy_is_trusted(settings: Settings, rf: RequestFactory) -> None:
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]

    addresses.of(rf.get("/", headers=FORWARDED, REMOTE_ADDR="127.0.0.1"))

    assert unheard.told() == ""


@pytest.mark.django_db
def test_administrators_read_it_on_the_status_page_and_nobody_else(client: Client) -> None:
    page = client.get("/status", headers=FORWARDED).content.decode()
    client.force_login(User.objects.create_superuser("curator"))

    shown = client.get("/status").content.decode()

    assert "127.0.0.1 sends requests on, and all who come by it count as one address" in shown
    assert "TRUSTED_PROXIES" not in page


def test_the_check_for_deployment_asks_for_it(settings: Settings) -> None:
    settings.IS_SERVED_BY_TLS = True
    assert [told.id for told in unheard.check(None)] == ["slipway.W001"]
    assert unheard.check in checks.registry.registry.deployment_checks

    settings.TRUSTED_PROXY_HOPS = 1

    assert unheard.check(None) == []
