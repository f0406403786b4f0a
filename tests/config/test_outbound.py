"""Addresses that people typed are called outward only, whatever they look like."""

import ipaddress
import os
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import environment, outbound
from config.outbound import Failed, Refused, Trouble

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

SLOW = 0.4  # seconds that a call may take here
HOSTILE = [
    # loopback, in every spelling that a resolver takes for an address
    *("https://127.0.0.1/", "https://127.1/", "https://127.0.1/", "https://2130706433/"),
    *("https://0x7f000001/", "https://0x7f.1/", "https://0177.0.0.1/", "https://017700000001/"),
    *("https://127.0.0.1./", "https://0/", "https://0.0.0.0/", "https://127.255.255.254/"),
    *("https://①②⑦.⓪.⓪.①/", "https://127。0。0。1/"),
    *("https://[::1]/", "https://[::]/", "https://[0:0:0:0:0:0:0:1]/", "https://[::127.0.0.1]/"),
    *("https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/", "https://[::ffff:0:127.0.0.1]/"),
    # networks of one's own, clouds' metadata, carriers, what is reserved
    *("https://10.0.0.1/", "https://172.16.0.1/", "https://172.31.255.255/"),
    *("https://192.168.1.1/", "https://169.254.169.254/latest/meta-data/", "https://169.254.1.1/"),
    *("https://100.64.0.1/", "https://100.100.100.200/", "https://192.0.0.192/"),
    *("https://198.18.0.1/", "https://192.0.2.1/", "https://198.51.100.1/", "https://203.0.113.1/"),
    *("https://224.0.0.1/", "https://239.255.255.250/", "https://240.0.0.1/"),
    *("https://255.255.255.255/", "https://192.88.99.1/"),
    *("https://[fc00::1]/", "https://[fd00:ec2::254]/", "https://[fe80::1]/", "https://[fec0::1]/"),
    *("https://[ff02::1]/", "https://[2001:db8::1]/", "https://[100::1]/", "https://[2001::1]/"),
    # IPv4 inside IPv6
    *("https://[64:ff9b::7f00:1]/", "https://[64:ff9b::10.0.0.1]/", "https://[64:ff9b:1::1]/"),
    *("https://[2002:7f00:1::]/", "https://[2002:a9fe:a9fe::1]/", "https://[::ffff:a9fe:a9fe]/"),
    # what readers of addresses disagree on
    *("https://example.org@127.0.0.1/", "https://127.0.0.1@example.org/", "https://a:b@c.org/"),
    *("https://example.org\\@127.0.0.1/", "https://127.0.0.1\\.example.org/"),
    *("https://exa mple.org/", "https://example.org/\r\nX: y", "https://example.org\t/"),
    *("https://[::1%25lo]/", "https://[fe80::1%25eth0]/", "https://[127.0.0.1]/", "https://[::1/"),
    *("https://example.org:22/", "https://example.org:0/", "https://example.org:99999/"),
    *("https://-/", "https://./", "https://.../", "https:///path", "https://", "https:example.org"),
    # other schemes
    *("http://example.org/", "file:///etc/passwd", "gopher://127.0.0.1:6379/_FLUSHALL"),
    *("ftp://example.org/", "javascript:alert(1)", "//example.org/", "example.org", "", " "),
]


@contextmanager
def receiver(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that does this with each connection; answers its port."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                threading.Thread(target=answer, args=(connection,), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def saying(text: bytes) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        with connection:
            connection.recv(65536)
            connection.sendall(text)

    return answer


@pytest.fixture
def allowed(settings: "SettingsWrapper") -> None:
    """This machine may be called, as an administrator can say for a network of their own."""
    settings.WEBHOOK_ALLOWED_HOSTS = ([], [ipaddress.ip_network("127.0.0.0/8")])


def post(port: int, *, path: str = "/", seconds: float = 5, host: str = "127.0.0.1") -> int:
    url = f"http://{host}:{port}{path}"
    return outbound.post(url, body=b"{}", headers={"X-Own": "1"}, seconds=seconds).status


def test_the_table_is_long_enough() -> None:
    assert len(set(HOSTILE)) >= 80


@pytest.mark.parametrize("url", HOSTILE)
def test_a_hostile_address_is_refused_before_anything_is_resolved(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: pytest.fail("resolved"))

    with pytest.raises(Refused):
        outbound.check(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org",
        "https://EXAMPLE.org./hook?a=b#c",
        "https://example.org:443/hook",
        "https://bücher.example/",
        "https://93.184.215.14/",
        "https://[2606:4700:4700::1111]/",
        "https://example.org/钩子",
    ],
)
def test_a_public_address_is_not(url: str) -> None:
    assert outbound.check(url).port == 443


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.1"],
        ["10.1.2.3"],
        ["::1"],
        ["::ffff:169.254.169.254"],
        ["64:ff9b::7f00:1"],
        ["93.184.215.14", "127.0.0.1"],  # one inner address among good ones is a trick
    ],
)
def test_a_name_that_leads_inward_is_never_connected_to(
    answers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [(0, 0, 0, "", (address, 443)) for address in answers]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("connected"))

    with pytest.raises(Failed) as failed:
        outbound.post("https://hooks.example.org/", body=b"", headers={})

    assert failed.value.trouble == Trouble.INNER


def test_a_resolver_that_changes_its_answer_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([["93.184.215.14"], ["127.0.0.1"], ["127.0.0.1"]])
    connected: list[str] = []

    def resolve(*_: object, **__: object) -> list[object]:
        return [(0, 0, 0, "", (address, 443)) for address in next(answers)]

    def connect(address: tuple[str, int], timeout: float) -> socket.socket:
        connected.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)

    with pytest.raises(Failed) as failed:
        outbound.post("https://hooks.example.org/", body=b"", headers={})

    assert failed.value.trouble == Trouble.UNREACHABLE
    assert connected == ["93.184.215.14"]


@pytest.mark.usefixtures("allowed")
def test_an_allowed_receiver_gets_the_body_and_the_name_it_was_called_by() -> None:
    got: list[bytes] = []

    def answer(connection: socket.socket) -> None:
        with connection:
            got.append(connection.recv(65536))
            while b"{}" not in b"".join(got):
                got.append(connection.recv(65536))
            connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    with receiver(answer) as port:
        assert post(port, path="/hook?a=b") == 204

    said = b"".join(got)
    assert said.startswith(b"POST /hook?a=b HTTP/1.1\r\n")
    assert f"Host: 127.0.0.1:{port}\r\n".encode() in said
    assert b"X-Own: 1\r\n" in said


@pytest.mark.usefixtures("allowed")
@pytest.mark.parametrize("status", [200, 301, 307, 410, 500])
def test_the_status_is_told_and_no_redirect_is_followed(status: int) -> None:
    head = f"HTTP/1.1 {status} X\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 9\r\n\r\n"

    with receiver(saying(head.encode() + b"something")) as port:
        assert post(port) == status


@pytest.mark.usefixtures("allowed")
@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        (b"", Trouble.UNREACHABLE),
        (b"SSH-2.0-OpenSSH_9.2\r\n", Trouble.NOT_HTTP),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500, Trouble.NOT_HTTP),
        (b"HTTP/1.1 " + b"2" * 100_000, Trouble.NOT_HTTP),
    ],
)
def test_what_is_no_answer_is_told_as_that(text: bytes, trouble: Trouble) -> None:
    with receiver(saying(text)) as port, pytest.raises(Failed) as failed:
        post(port)

    assert failed.value.trouble == trouble


@pytest.mark.usefixtures("allowed")
@pytest.mark.parametrize("trickles", [False, True])
def test_all_of_it_has_one_time_limit(trickles: bool) -> None:
    is_over = threading.Event()

    def answer(connection: socket.socket) -> None:
        with connection:
            while not is_over.wait(SLOW / 8):
                if trickles:
                    try:
                        connection.sendall(b"H")
                    except OSError:
                        return

    with receiver(answer) as port, pytest.raises(Failed) as failed:
        post(port, seconds=SLOW)
    is_over.set()

    assert failed.value.trouble == Trouble.TOO_SLOW


@pytest.mark.usefixtures("allowed")
def test_a_closed_port_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    with pytest.raises(Failed) as failed:
        post(port)

    assert failed.value.trouble == Trouble.UNREACHABLE


def test_a_name_without_address_is_told_as_that() -> None:
    with pytest.raises(Failed) as failed:
        outbound.post("https://nowhere.invalid/", body=b"", headers={})

    assert failed.value.trouble == Trouble.NO_ADDRESS


def test_an_allowed_name_may_lead_inward_and_others_may_not(settings: "SettingsWrapper") -> None:
    settings.WEBHOOK_ALLOWED_HOSTS = (["localhost", ".intranet"], [])
    assert outbound.check("http://deep.hooks.intranet:8080/").is_allowed

    with receiver(saying(b"HTTP/1.1 200 OK\r\n\r\n")) as port:
        assert post(port, host="localhost") == 200

    for refused in ("http://127.0.0.1/", "http://notintranet/", "http://intranet.example.org/"):
        with pytest.raises(Refused):
            outbound.check(refused)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for localhost that nobody but whoever is told to trusts, with its key."""
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    made = ["openssl", "req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt"]
    made += ["ec_paramgen_curve:prime256v1", *names, "-days", "2", "-keyout", path, "-out"]
    subprocess.run([*made, f"{path}.crt"], check=True, capture_output=True)
    path.write_text(path.read_text() + Path(f"{path}.crt").read_text())
    return path


@pytest.fixture
def tls_port(certificate: Path, settings: "SettingsWrapper") -> Iterator[int]:
    settings.WEBHOOK_ALLOWED_HOSTS = (["localhost"], [ipaddress.ip_network("127.0.0.0/8")])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def answer(plain: socket.socket) -> None:
        with suppress(OSError), context.wrap_socket(plain, server_side=True) as connection:
            asked = b""
            while not asked.endswith(b"{}"):  # unread bytes would break the connection at its end
                asked += connection.recv(65536) or b"{}"
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    with receiver(answer) as port:
        yield port


def test_a_certificate_that_is_trusted_and_has_the_name_is_enough(
    tls_port: int, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    answer = outbound.post(f"https://localhost:{tls_port}/", body=b"{}", headers={})

    assert answer.status == 200


@pytest.mark.parametrize(("host", "is_trusted"), [("localhost", False), ("127.0.0.1", True)])
def test_a_strange_certificate_or_one_of_another_name_is_not_trusted(
    tls_port: int, certificate: Path, host: str, is_trusted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate) if is_trusted else os.devnull)

    with pytest.raises(Failed) as failed:
        outbound.post(f"https://{host}:{tls_port}/", body=b"{}", headers={})

    assert failed.value.trouble == Trouble.UNTRUSTED


def test_no_proxy_of_the_environment_is_asked(
    allowed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")

    with receiver(saying(b"HTTP/1.1 200 OK\r\n\r\n")) as port:
        assert post(port) == 200


def test_allowed_hosts_are_names_and_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED", "Hooks.intranet, .lan,10.1.0.0/16,192.0.2.7, fd00::/8")

    names, networks = environment.hosts("ALLOWED")

    assert names == ["hooks.intranet", ".lan"]
    assert [str(net) for net in networks] == ["10.1.0.0/16", "192.0.2.7/32", "fd00::/8"]


@pytest.mark.parametrize("wrong", ["10.0.0.0/33", "http://x", "a b", "10.0.0.1/8"])
def test_a_wrong_entry_stops_the_start(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED", wrong)

    with pytest.raises(ImproperlyConfigured, match="set it as in hooks"):
        environment.hosts("ALLOWED")
