"""The one door through which addresses that people typed are called, and never inward.

The name is resolved once, every address that it has must be public, and the connection goes to
the very address that was checked: a resolver that changes its answer gains nothing. No redirect
is followed but by downloads, a few times; no proxy is asked, and all of it has one time limit.
"""

import http.client
import ipaddress
import queue
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

SECONDS = 10.0  # for name, connection, handshake and the answer's head together
PORTS = {"https": 443, "http": 80}
TEXT_BYTES = 1_000  # of an answer that are kept, to show them to whoever asked for the call
REDIRECTS = (301, 302, 303, 307, 308)
SAFE_IN_PATH = "/%:=&?~+!$,;'@()*[]"
LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
HOST = re.compile(rf"({LABEL}\.)*{LABEL}", re.ASCII)
# Not public, whatever this Python's tables say.
INNER = tuple(
    map(
        ipaddress.ip_network,
        (
            *("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15"),
            "168.63.129.16/32",  # answers for Azure to its own machines
            *("240.0.0.0/4", "2001::/23", "2001:db8::/32", "3fff::/20"),
        ),
    )
)
OPEN_INTERNET = ipaddress.IPv6Network("2000::/3")
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Trouble(StrEnum):
    """Why there was no answer."""

    INNER = "inner"
    NO_ADDRESS = "no-address"
    UNREACHABLE = "unreachable"
    UNTRUSTED = "untrusted"
    TOO_SLOW = "too-slow"
    NOT_HTTP = "not-http"
    TOO_LARGE = "too-large"
    # Of downloads:
    NOT_FOUND = "not-found"
    WRONG_KIND = "wrong-kind"
    LED_AWAY = "led-away"


class Refused(Exception):
    """An address that is not called; the message says what would be right."""


class Failed(Exception):
    """There was no answer; `detail` is what the system said of it."""

    def __init__(self, trouble: Trouble, detail: str = "") -> None:
        super().__init__(trouble)
        self.trouble = trouble
        self.detail = detail[:200]


@dataclass(frozen=True)
class Answer:
    """What came back. Of hosts that only the administrator lets us reach, no text is kept."""

    status: int
    text: str = ""
    retry_after: int | None = None  # seconds


@dataclass(frozen=True)
class Target:
    scheme: str
    host: str
    port: int
    path: str
    is_allowed: bool  # by the administrator


@dataclass(frozen=True)
class Fetched:
    status: int
    body: bytes
    content_type: str


def check(url: str, *, also: Collection[str] = ()) -> Target:
    """What the address says, before any name is resolved. Raises Refused.

    `also`: hosts that the administrator named for this purpose, as WEBHOOK_ALLOWED_HOSTS are.
    """
    try:
        parts = urlsplit(url)
        host, port = _host(parts.hostname or ""), parts.port
    except ValueError as error:
        raise Refused(_wrong()) from error
    if parts.scheme not in PORTS or not host or re.search(r"[\s\\\x00-\x1f\x7f]", url):
        raise Refused(_wrong())
    if parts.username is not None or parts.password is not None:
        raise Refused(_("The address must not hold a user name or password."))
    is_allowed = _is_allowed(host) or host in also
    literal = _literal(host)
    if literal and not is_allowed and not is_public(literal):
        raise Refused(_("Addresses inside a network are not called; give a public one."))
    if parts.scheme == "http" and not is_allowed:
        raise Refused(_("The address must begin with https://."))
    if port not in (None, PORTS[parts.scheme]) and not is_allowed:
        raise Refused(_("Only the usual port of https is called; leave the port out."))
    path = quote(parts.path or "/", safe=SAFE_IN_PATH)
    query = f"?{quote(parts.query, safe=SAFE_IN_PATH)}" if parts.query else ""
    return Target(parts.scheme, host, port or PORTS[parts.scheme], path + query, is_allowed)


def post(url: str, *, body: bytes, headers: Mapping[str, str], seconds: float = SECONDS) -> Answer:
    """The answer, whatever its status, with the start of its text. Raises Refused or Failed."""
    target, until = check(url), time.monotonic() + seconds
    with _asked(target, "POST", body=body, headers=headers, until=until) as response:
        return _read(target, response)


def fetch(
    url: str,
    *,
    most_bytes: int,
    method: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str],
    seconds: float = SECONDS,
    also: Collection[str] = (),
) -> Fetched:
    """What is there, whole, when it has no more than `most_bytes`. Raises Refused or Failed."""
    target, until = check(url, also=also), time.monotonic() + seconds
    with _asked(target, method, body=body, headers=headers, until=until) as response:
        read = _whole(response, most_bytes, until)
        return Fetched(response.status, read, response.headers.get("Content-Type", ""))


def download(
    url: str,
    *,
    most_bytes: int,
    kinds: tuple[str, ...],
    may_ask: Callable[[Target], bool] = lambda _: True,
    hops: int = 0,
    seconds: float = SECONDS,
) -> bytes:
    """What lies there, if its media type begins with one of `kinds`. Raises Refused or Failed.

    It may lead elsewhere `hops` times, as far as `may_ask` says, each place being checked anew.
    """
    until = time.monotonic() + seconds
    headers = {"User-Agent": "Slipway", "Accept-Encoding": "identity"}
    for _hop in range(hops + 1):
        target = check(url)
        if not may_ask(target):
            raise Failed(Trouble.LED_AWAY, target.host)
        with _asked(target, "GET", body=None, headers=headers, until=until) as response:
            if response.status not in REDIRECTS:
                _check_kind(response, kinds)
                return _whole(response, most_bytes, until)
            url = urljoin(url, response.headers.get("Location", ""))
    raise Failed(Trouble.LED_AWAY)


def _check_kind(response: http.client.HTTPResponse, kinds: tuple[str, ...]) -> None:
    kind = response.headers.get_content_type()
    is_packed = response.headers.get("Content-Encoding", "identity") != "identity"
    if response.status != 200:
        raise Failed(Trouble.NOT_FOUND, str(response.status))
    if is_packed or not kind.startswith(kinds):
        raise Failed(Trouble.WRONG_KIND, kind)


def _whole(response: http.client.HTTPResponse, most_bytes: int, until: float) -> bytes:
    """Never more is read, whatever the other side says of its length."""
    if (response.length or 0) > most_bytes:
        raise Failed(Trouble.TOO_LARGE)
    read = response.read(most_bytes + 1)
    if len(read) > most_bytes:
        raise Failed(Trouble.TOO_LARGE)
    _left(until)  # what is cut off at the deadline looks as if it had ended
    if response.length:
        raise Failed(Trouble.UNREACHABLE)  # it ended before what it had promised
    return read


@contextmanager
def _asked(
    target: Target,
    method: str,
    *,
    body: bytes | None,
    headers: Mapping[str, str],
    until: float,
) -> Iterator[http.client.HTTPResponse]:
    addresses = resolve(target.host, target.port, _left(until))
    _check(target, addresses)
    with closing(_connected(addresses, target.port, until)) as plain, _Deadline(plain, until):
        try:
            with closing(_wrapped(target, plain)) as connection:
                connection.request(method, target.path, body=body, headers=dict(headers))
                yield connection.getresponse()
        except ssl.SSLCertVerificationError as error:
            raise Failed(Trouble.UNTRUSTED, error.verify_message) from error
        except (OSError, http.client.HTTPException) as error:
            raise _failure(error, until) from error


def resolve(host: str, port: int, seconds: float) -> list[Address]:
    """Every address of the name, in the system's order; the system itself knows no time limit."""
    answers: queue.SimpleQueue[list[Any] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            answers.put(error if isinstance(error, OSError) else OSError(str(error)))

    threading.Thread(target=ask, daemon=True).start()
    try:
        found = answers.get(timeout=seconds)
    except queue.Empty as error:
        raise Failed(Trouble.NO_ADDRESS) from error
    if isinstance(found, OSError):
        raise Failed(Trouble.NO_ADDRESS, found.strerror or "") from found
    return [ipaddress.ip_address(info[4][0]) for info in found]


def is_public(address: Address) -> bool:
    """Whether it is an address of the open internet, in any of IPv6's ways to write IPv4 too."""
    if isinstance(address, ipaddress.IPv6Address):
        inside = address.ipv4_mapped or address.sixtofour or _in_nat64(address)
        if inside:
            return is_public(inside)
        if address.scope_id or address not in OPEN_INTERNET:
            return False
    if any(address.version == net.version and address in net for net in INNER):
        return False
    return address.is_global and not address.is_multicast


class _Deadline:
    """Cuts the connection at the deadline: a socket's own limit starts anew with each byte."""

    def __init__(self, connection: socket.socket, until: float) -> None:
        # A handle of its own, because TLS takes the other one over.
        self._handle = connection.dup()
        self._timer = threading.Timer(_left(until), self._cut)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._handle.close()

    def _cut(self) -> None:
        with suppress(OSError):
            self._handle.shutdown(socket.SHUT_RDWR)


def _wrapped(target: Target, plain: socket.socket) -> http.client.HTTPConnection:
    """A connection that speaks over this socket, by TLS where the address says so."""
    if target.scheme == "https":
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            target.host, target.port
        )
        context = ssl.create_default_context()
        connection.sock = context.wrap_socket(plain, server_hostname=target.host)
    else:
        connection = http.client.HTTPConnection(target.host, target.port)
        connection.sock = plain
    return connection


def _read(target: Target, response: http.client.HTTPResponse) -> Answer:
    """The status stands, though the text behind it may come slowly, broken, or without end."""
    text = b""
    if not target.is_allowed:
        with suppress(OSError, http.client.HTTPException, ValueError):
            text = response.read1(TEXT_BYTES)
    said = "".join(
        letter if letter.isprintable() or letter == "\n" else " "
        for letter in text.decode(errors="replace")
    )
    seconds = response.headers.get("Retry-After", "")
    is_number = seconds.isascii() and seconds.isdecimal() and len(seconds) < 8
    return Answer(response.status, said.strip(), int(seconds) if is_number else None)


def _connected(addresses: list[Address], port: int, until: float) -> socket.socket:
    last = Failed(Trouble.NO_ADDRESS)
    for address in addresses:
        try:
            return socket.create_connection((str(address), port), timeout=_left(until))
        except OSError as error:
            last = _failure(error, until)
    raise last


def _check(target: Target, addresses: list[Address]) -> None:
    """Only when every address may be called: a name with an inner one among them is a trick."""
    for address in addresses:
        if not (target.is_allowed or is_public(address) or _is_in_allowed_network(address)):
            raise Failed(Trouble.INNER)


def _failure(error: Exception, until: float) -> Failed:
    if isinstance(error, TimeoutError) or time.monotonic() >= until:
        return Failed(Trouble.TOO_SLOW)
    if isinstance(error, http.client.HTTPException) and not isinstance(error, ConnectionError):
        return Failed(Trouble.NOT_HTTP)
    return Failed(Trouble.UNREACHABLE, getattr(error, "strerror", None) or "")


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise Failed(Trouble.TOO_SLOW)
    return left


def _host(written: str) -> str:
    """The name as it is resolved: lower case, IDNA, without the dot at its end."""
    host = written.rstrip(".").lower()
    if ":" in host:
        return host
    ascii_host = host.encode("idna").decode() if not host.isascii() else host
    return ascii_host if HOST.fullmatch(ascii_host) and len(ascii_host) <= 253 else ""


def _literal(host: str) -> Address | None:
    """The address that the host is, in any spelling that the system's resolver takes for one."""
    with suppress(ValueError):
        return ipaddress.ip_address(host)
    with suppress(OSError):
        return ipaddress.IPv4Address(socket.inet_aton(host))
    return None


def _is_allowed(host: str) -> bool:
    names, _networks = settings.WEBHOOK_ALLOWED_HOSTS
    literal = _literal(host)
    if literal is not None:
        return _is_in_allowed_network(literal)
    return any(host == name or (name[0] == "." and host.endswith(name)) for name in names)


def _is_in_allowed_network(address: Address) -> bool:
    _names, networks = settings.WEBHOOK_ALLOWED_HOSTS
    return any(address.version == net.version and address in net for net in networks)


def _in_nat64(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address not in NAT64:
        return None
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)


def _wrong() -> str:
    return _("This is no address that can be called; write one as in https://example.org/hook.")
