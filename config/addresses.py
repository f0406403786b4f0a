"""The address that a request comes from, behind proxies too.

Each proxy writes whom it heard into a header, at the right end of what it was sent. So the header
is read from the right, only as far as TRUSTED_PROXIES says: what stands further left anybody may
have written.
"""

from collections.abc import Iterator
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

from config import unheard

MOST_PROXIES = 32  # read of a header; who sends more names is trusted no further
SENT_ON = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED")
LONGEST = 64  # of an address with its port, brackets and zone


def of(request: HttpRequest) -> str:
    """Of the client, or of the last proxy that can be trusted, as far as we know; empty on a
    socket of this host."""
    known: str | None = request.__dict__.get("_address")
    if known is None:
        known = _found(request)
        request.__dict__["_address"] = known
    return known


@lru_cache(maxsize=4096)
def counted(address: str) -> str:
    """What limits count by: whoever has one address of an IPv6 network has all of its /64."""
    found = _read(address)
    if isinstance(found, IPv6Address):
        return str(ip_network((found, 64), strict=False))
    return address


def _found(request: HttpRequest) -> str:
    address = _text(request.META.get("REMOTE_ADDR", ""))
    if not (settings.TRUSTED_PROXIES or settings.TRUSTED_PROXY_HOPS):
        if any(name in request.META for name in SENT_ON) and _is_near(address):
            unheard.note(address)
        return address
    for place, heard in enumerate(_heard(request)):
        sender = _text(heard)
        if not (_is_trusted(address, place) and sender):
            break
        address = sender
    return address


def _is_near(address: str) -> bool:
    """A stranger may write these headers as well; one's own network, or a socket, seldom does."""
    found = _read(address)
    return found is None or not found.is_global


def _is_trusted(address: str, place: int) -> bool:
    """`place`: 0 for who is connected to us, 1 for whom that one heard."""
    if place < settings.TRUSTED_PROXY_HOPS:
        return True
    found = _read(address)
    return found is not None and any(found in network for network in settings.TRUSTED_PROXIES)


def _heard(request: HttpRequest) -> Iterator[str]:
    """The nearest first."""
    is_standard = settings.PROXY_HEADER == "forwarded"
    header = request.META.get("HTTP_FORWARDED" if is_standard else "HTTP_X_FORWARDED_FOR", "")
    for element in reversed(header.rsplit(",", MOST_PROXIES)[-MOST_PROXIES:]):
        yield _for(element) if is_standard else element


def _for(element: str) -> str:
    """RFC 7239: `for="[2001:db8::1]:4711";proto=https`."""
    pairs = (pair.partition("=") for pair in element.split(";"))
    return next((value for name, _, value in pairs if name.strip().lower() == "for"), "")


def _text(written: str) -> str:
    """As the address is usually written; empty for what is none (`unknown`, `_hidden`)."""
    found = _read(written) if len(written) <= LONGEST else None
    return str(found) if found is not None else ""


@lru_cache(maxsize=4096)
def _read(written: str) -> IPv4Address | IPv6Address | None:
    """Without its port, and what IPv6 only wraps as what it is."""
    bare = written.strip().strip('"')
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        found = ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
