"""What people's addresses may make us fetch: public places, so much, so long, of these kinds."""

import ipaddress
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from pytest_django.fixtures import Settings

from config import outbound
from config.outbound import Failed, Refused, Trouble

HOSTILE = {
    "Addresses inside a network": [
        *("https://127.0.0.1/", "https://127.1/", "https://2130706433/", "https://0x7f000001/"),
        *("https://0x7f.1/", "https://0177.0.0.1/", "https://017700000001/", "https://0/"),
        *("https://127.0.0.1./", "https://0.0.0.0/", "https://127.255.255.254:443/"),
        *("https://①②⑦.⓪.⓪.①/", "https://１２７.0.0.1/", "https://127。0。0。1/"),
        *("https://127．0．0．1/", "https://127｡0｡0｡1/", "https://0x7F.0x0.0x0.0x1/"),
        *("https://[::1]/", "https://[::]/", "https://[0:0:0:0:0:0:0:1]/", "https://[::7f00:1]/"),
        *("https://[::ffff:127.0.0.1]/", "https://[::ffff:a9fe:a9fe]/", "https://[::10.0.0.1]/"),
        *("https://10.0.0.1/", "https://172.16.0.1/", "https://192.168.1.1/", "https://10.1/"),
        *(
            "https://169.254.169.254/latest/meta-data/",
            "https://0xa9fea9fe/",
            "https://2852039166/",
        ),
        *("https://169.254.170.2/v2/credentials", "https://100.100.100.200/latest/meta-data"),
        *("https://192.0.0.192/opc/v2/", "https://168.63.129.16/", "https://100.64.0.1/"),
        *(
            "https://198.18.0.1/",
            "https://192.0.2.1/",
            "https://203.0.113.9/",
            "https://224.0.0.1/",
        ),
        *("https://240.0.0.1/", "https://255.255.255.255/", "https://192.88.99.1/"),
        *(
            "https://[fc00::1]/",
            "https://[::1%25lo]/",
            "https://[fe80::1%25eth0]/",
            "https://[fd00:ec2::254]/",
            "https://[fe80::1]/",
        ),
        *(
            "https://[fec0::1]/",
            "https://[ff02::1]/",
            "https://[2001:db8::1]/",
            "https://[100::1]/",
        ),
        *("https://[64:ff9b::7f00:1]/", "https://[64:ff9b::a9fe:a9fe]/", "https://[64:ff9b:1::1]/"),
        *("https://[2002:7f00:1::]/", "https://[2002:a9fe:a9fe::1]/", "https://[2002:a00:1::]/"),
        *("https://[2001:0:7f00:1::1]/", "https://[2001::1]/", "https://[::ffff:0:127.0.0.1]/"),
    ],
    "must not hold a user name": [
        *("https://example.org@127.0.0.1/", "https://127.0.0.1@example.org/", "https://a:b@c.org/"),
        *("https://@example.org/", "https://:@example.org/", "https://example.org%40@evil.org/"),
    ],
    "must begin with https": [
        "http://example.org/",
        "http://example.org:80/",
        "HTTP://EXAMPLE.ORG",
    ],
    "Only the usual port": [
        *("https://example.org:22/", "https://example.org:80/", "https://example.org:6379/"),
        *("https://example.org:8443/", "https://[2606:4700:4700::1111]:9200/"),
    ],
    "no address that can be called": [
        *(
            "https://example.org\\@127.0.0.1/",
            "https://127.0.0.1\\.example.org/",
            "https:\\\\a.org",
        ),
        *("https://exa mple.org/", "https://example.org/\r\nX: y", "https://example.org\t/"),
        *("https://example.org/a\nb", "https://ex\x00ample.org/", "\nhttps://example.org/"),
        *(
            "https://[127.0.0.1]/",
            "https://[::1/",
        ),
        *("https://example.org:0x16/", "https://example.org:99999/", "https://example.org:-1/"),
        *("https://-/", "https://./", "https://.../", "https:///path", "https://", "https:a.org"),
        *("file:///etc/passwd", "gopher://127.0.0.1:6379/_FLUSHALL", "ftp://example.org/"),
        *("dict://localhost:11211/stat", "ldap://127.0.0.1/", "jar:https://a.org!/", "data:,x"),
        *("javascript:alert(1)", "//example.org/", "example.org", "", " ", "https://a..org/"),
    ],
}
TABLE = [(url, reason) for reason, urls in HOSTILE.items() for url in urls]


def fetch(url: str, *, most: int = 1000, hops: int = 0, seconds: float = 5) -> bytes:
    return outbound.download(url, most_bytes=most, kinds=("image/",), hops=hops, seconds=seconds)


@pytest.mark.parametrize(("url", "reason"), TABLE)
def test_a_hostile_address_is_refused_with_its_reason_before_anything_is_resolved(
    url: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: pytest.fail("resolved"))

    with pytest.raises(Refused, match=reason):
        fetch(url)


def test_the_table_is_long_enough() -> None:
    assert len({url for url, _reason in TABLE}) >= 90


def test_a_resolver_that_changes_its_answer_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([["93.184.215.14"], ["127.0.0.1"]])
    connected: list[str] = []

    def resolve(*_: object, **__: object) -> list[object]:
        return [(0, 0, 0, "", (address, 443)) for address in next(answers)]

    def connect(address: tuple[str, int], timeout: float) -> socket.socket:
        connected.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)

    for trouble in (Trouble.UNREACHABLE, Trouble.INNER):  # asked once each, and the second leads in
        with pytest.raises(Failed) as failed:
            fetch("https://images.example.org/")
        assert failed.value.trouble == trouble

    assert connected == ["93.184.215.14"]


@pytest.fixture
def allowed(settings: Settings) -> None:
    """127.0.0.1 may be called, as an administrator can say; 127.0.0.2 stays inside."""
    settings.WEBHOOK_ALLOWED_HOSTS = ([], [ipaddress.ip_network("127.0.0.1/32")])


Say = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def saying(**places: Say) -> Iterator[str]:
    """A server whose paths answer so; tells its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            places[self.path.strip("/")](self)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def said(
    body: bytes = b"picture", kind: str = "image/png", status: int = 200, **headers: str
) -> Say:
    def say(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return say


def endless(handler: BaseHTTPRequestHandler) -> None:
    said()(handler)
    while True:
        try:
            handler.wfile.write(b"x" * 65536)
        except OSError:
            return


@pytest.mark.usefixtures("allowed")
def test_what_is_small_and_of_its_kind_is_fetched() -> None:
    with saying(a=said(Content_Length="7")) as site:
        assert fetch(f"{site}/a") == b"picture"


@pytest.mark.usefixtures("allowed")
@pytest.mark.parametrize(
    ("say", "trouble"),
    [
        (said(b"x" * 1001), Trouble.TOO_LARGE),
        (said(Content_Length="1001"), Trouble.TOO_LARGE),
        (said(Content_Length="9"), Trouble.UNREACHABLE),
        (endless, Trouble.TOO_LARGE),
        (said(kind="text/html"), Trouble.WRONG_KIND),
        (said(kind=""), Trouble.WRONG_KIND),
        (said(Content_Encoding="gzip"), Trouble.WRONG_KIND),
        (said(status=404), Trouble.NOT_FOUND),
        (said(status=204), Trouble.NOT_FOUND),
        (said(status=302, Location="/a"), Trouble.LED_AWAY),
    ],
)
def test_what_is_not_is_told_as_that(say: Say, trouble: Trouble) -> None:
    with saying(a=say) as site, pytest.raises(Failed) as failed:
        fetch(f"{site}/a")

    assert failed.value.trouble == trouble


@pytest.mark.usefixtures("allowed")
def test_it_is_followed_a_few_times_and_each_place_is_checked() -> None:
    with saying(
        once=said(status=302, Location="/there"),
        there=said(),
        round=said(status=302, Location="/round"),
    ) as site:
        assert fetch(f"{site}/once", hops=1) == b"picture"

        with pytest.raises(Failed) as failed:
            fetch(f"{site}/round", hops=3)
    assert failed.value.trouble == Trouble.LED_AWAY


@pytest.mark.usefixtures("allowed")
@pytest.mark.parametrize(
    "location",
    [
        *("http://127.0.0.2/", "https://169.254.169.254/", "https://[::1]/", "file:///etc/passwd"),
        *("//10.0.0.1/", "https://user@example.org/", "gopher://127.0.0.1/", "http://example.org/"),
    ],
)
def test_a_receiver_that_redirects_inward_leads_nowhere(location: str) -> None:
    with saying(a=said(status=307, Location=location)) as site, pytest.raises(Refused):
        fetch(f"{site}/a", hops=3)


@pytest.mark.usefixtures("allowed")
def test_a_picture_that_comes_byte_by_byte_is_given_up() -> None:
    is_over = threading.Event()

    def trickle(handler: BaseHTTPRequestHandler) -> None:
        said()(handler)
        while not is_over.wait(0.05):
            try:
                handler.wfile.write(b"x")
            except OSError:
                return

    with saying(a=trickle) as site, pytest.raises(Failed) as failed:
        fetch(f"{site}/a", seconds=0.4)
    is_over.set()

    assert failed.value.trouble == Trouble.TOO_SLOW
