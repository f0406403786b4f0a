"""Whose address counts behind proxies: never one that a client could have written itself."""

from ipaddress import ip_network

import pytest
from django.test import RequestFactory
from pytest_django.fixtures import Settings

from config import addresses

INSIDE = ["10.0.0.0/8", "fd00::/8"]
CASES = [
    # networks, hops, who is connected, what the header says, whose address counts
    ([], 0, "203.0.113.7", None, "203.0.113.7"),
    ([], 0, "203.0.113.7", "198.51.100.1", "203.0.113.7"),
    ([], 0, "", "198.51.100.1", ""),
    ([], 0, "::ffff:203.0.113.7", None, "203.0.113.7"),
    ([], 0, "2001:DB8:0:0::1", None, "2001:db8::1"),
    # One proxy, by its number.
    ([], 1, "10.0.0.1", None, "10.0.0.1"),
    ([], 1, "10.0.0.1", "203.0.113.7", "203.0.113.7"),
    ([], 1, "10.0.0.1", "198.51.100.1, 203.0.113.7", "203.0.113.7"),
    ([], 1, "10.0.0.1", "10.0.0.9,203.0.113.7", "203.0.113.7"),
    ([], 1, "", "203.0.113.7", "203.0.113.7"),
    ([], 1, "10.0.0.1", "203.0.113.7:51234", "203.0.113.7"),
    ([], 1, "10.0.0.1", "2001:db8::7", "2001:db8::7"),
    ([], 1, "10.0.0.1", "[2001:db8::7]:443", "2001:db8::7"),
    ([], 1, "10.0.0.1", "::ffff:203.0.113.7", "203.0.113.7"),
    ([], 1, "10.0.0.1", "fe80::1%eth0", "fe80::1"),
    ([], 1, "10.0.0.1", "", "10.0.0.1"),
    ([], 1, "10.0.0.1", "unknown", "10.0.0.1"),
    ([], 1, "10.0.0.1", "203.0.113.7, ", "10.0.0.1"),
    ([], 1, "10.0.0.1", "203.0.113.7, <script>", "10.0.0.1"),
    ([], 1, "10.0.0.1", "203.0.113.7, 256.1.1.1", "10.0.0.1"),
    ([], 1, "10.0.0.1", "1" * 5000, "10.0.0.1"),
    # Two proxies: the outer one is what the inner one heard.
    ([], 2, "10.0.0.1", "203.0.113.7, 192.0.2.1", "203.0.113.7"),
    ([], 2, "10.0.0.1", "198.51.100.1, 203.0.113.7, 192.0.2.1", "203.0.113.7"),
    ([], 2, "10.0.0.1", "192.0.2.1", "192.0.2.1"),
    # Networks: as far as the senders are in them.
    (INSIDE, 0, "10.0.0.1", "203.0.113.7", "203.0.113.7"),
    (INSIDE, 0, "10.0.0.1", "198.51.100.1, 203.0.113.7, 10.2.3.4", "203.0.113.7"),
    (INSIDE, 0, "fd00::1", "203.0.113.7", "203.0.113.7"),
    (INSIDE, 0, "::ffff:10.0.0.1", "203.0.113.7", "203.0.113.7"),
    (INSIDE, 0, "203.0.113.7", "198.51.100.1", "203.0.113.7"),
    (INSIDE, 0, "203.0.113.7", "198.51.100.1, 10.0.0.1", "203.0.113.7"),
    (INSIDE, 0, "10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
    (INSIDE, 0, "10.0.0.1", "203.0.113.7, junk, 10.0.0.2", "10.0.0.2"),
    (INSIDE, 0, "", "203.0.113.7", ""),
    # Both: a socket of this host, then networks.
    (INSIDE, 1, "", "198.51.100.1, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
]


@pytest.mark.parametrize(("networks", "hops", "connected", "header", "counts"), CASES)
def test_what_a_client_may_have_written_counts_for_nothing(
    settings: Settings,
    rf: RequestFactory,
    networks: list[str],
    hops: int,
    connected: str,
    header: str | None,
    counts: str,
) -> None:
    settings.TRUSTED_PROXIES = [ip_network(one) for one in networks]
    settings.TRUSTED_PROXY_HOPS = hops
    headers = {} if header is None else {"X-Forwarded-For": header}

    assert addresses.of(rf.get("/", headers=headers, REMOTE_ADDR=connected)) == counts


@pytest.mark.parametrize(
    ("header", "counts"),
    [
        ("for=203.0.113.7", "203.0.113.7"),
        ("for=198.51.100.1, For=203.0.113.7;proto=https;by=10.0.0.1", "203.0.113.7"),
        ('proto=https; for="[2001:db8::7]:4711"', "2001:db8::7"),
        ("for=203.0.113.7, for=_hidden", "10.0.0.1"),
        ("by=203.0.113.7", "10.0.0.1"),
        ("203.0.113.7", "10.0.0.1"),
    ],
)
def test_the_standard_header_is_read_when_the_proxies_write_that_one(
    settings: Settings, rf: RequestFactory, header: str, counts: str
) -> None:
    settings.TRUSTED_PROXY_HOPS, settings.PROXY_HEADER = 1, "forwarded"
    headers = {"Forwarded": header, "X-Forwarded-For": "192.0.2.66"}

    assert addresses.of(rf.get("/", headers=headers, REMOTE_ADDR="10.0.0.1")) == counts


def test_the_header_that_the_proxies_do_not_write_counts_for_nothing(
    settings: Settings, rf: RequestFactory
) -> None:
    settings.TRUSTED_PROXY_HOPS = 1
    headers = {"Forwarded": "for=192.0.2.66", "X-Forwarded-For": "203.0.113.7"}

    assert addresses.of(rf.get("/", headers=headers, REMOTE_ADDR="10.0.0.1")) == "203.0.113.7"


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::/64"),
        ("", ""),
    ],
)
def test_a_whole_network_of_ipv6_counts_as_one(address: str, counted: str) -> None:
    assert addresses.counted(address) == counted
