"""Who sends slowly is cut off, and holds nobody else up: a real web process, and real sockets."""

import socket
from contextlib import ExitStack, closing

import requests

THREADS = 256  # of config/web.py
BEGINNING = b"GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
HEAD = b"QUERY /v1/models HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
BODY = HEAD + b"Content-Length: 5000\r\n\r\n{"


def _connected(port: int, sent: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=30)
    connection.sendall(sent)
    return connection


def _is_cut_off(connection: socket.socket) -> bool:
    """Waits for it, or fails by the time limit of the socket."""
    try:
        return not connection.recv(100)
    except ConnectionResetError:
        return True


def test_more_slow_clients_than_threads_hold_nobody_up(web: int) -> None:
    with ExitStack() as stack:
        slow = [
            stack.enter_context(closing(_connected(web, BEGINNING))) for _ in range(THREADS + 20)
        ]

        answer = requests.get(f"http://127.0.0.1:{web}/livez", timeout=30)

        assert answer.status_code == 200
        assert all(map(_is_cut_off, slow))


def test_a_body_that_does_not_come_is_not_waited_for(web: int) -> None:
    with closing(_connected(web, BODY)) as slow:
        told = slow.recv(5000)

    assert b" 400 " in told.partition(b"\r\n")[0]


def test_a_client_in_no_hurry_between_two_requests_is_served_twice(web: int) -> None:
    with requests.Session() as session:
        answers = [session.get(f"http://127.0.0.1:{web}/livez", timeout=10) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
