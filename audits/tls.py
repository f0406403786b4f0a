"""TLS in front of Slipway on a port of this machine, as a proxy does it, by a certificate of ours.

HTTP on the same port is handed on as HTTP, so that a scanner sees both at one address.
"""

import datetime
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

TLS_BEGINS = b"\x16"
LONGEST_HEAD = 65_536


def certificate(folder: Path) -> Path:
    """A file with the key and the certificate for localhost, which is its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=7))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    written = folder / "localhost.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    written.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    return written


@contextmanager
def in_front_of(upstream: int, port: int, pem: Path) -> Iterator[None]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with closing(socket.create_server(("127.0.0.1", port))) as listener:
        threading.Thread(target=_accept, args=(listener, context, upstream), daemon=True).start()
        yield


def _accept(listener: socket.socket, context: ssl.SSLContext, upstream: int) -> None:
    with suppress(OSError):  # the listener was closed
        while True:
            connection, _address = listener.accept()
            given = (connection, context, upstream)
            threading.Thread(target=_serve, args=given, daemon=True).start()


def _serve(connection: socket.socket, context: ssl.SSLContext, upstream: int) -> None:
    scheme = "http"
    with suppress(OSError), closing(connection):
        if connection.recv(1, socket.MSG_PEEK) == TLS_BEGINS:
            connection, scheme = context.wrap_socket(connection, server_side=True), "https"
        head, _end, rest = _head(connection).partition(b"\r\n\r\n")
        lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection")]
        told = f"X-Forwarded-Proto: {scheme}\r\nConnection: close\r\n\r\n".encode()
        with closing(socket.create_connection(("127.0.0.1", upstream))) as inner:
            inner.sendall(b"\r\n".join([*lines, told]) + rest)
            while piece := inner.recv(65_536):
                connection.sendall(piece)


def _head(connection: socket.socket) -> bytes:
    """A scanner's requests have no body that comes later than their head."""
    received = b""
    while b"\r\n\r\n" not in received and len(received) < LONGEST_HEAD:
        piece = connection.recv(65_536)
        if not piece:
            break
        received += piece
    return received
