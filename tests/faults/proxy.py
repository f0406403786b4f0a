"""A TCP proxy that misbehaves on demand, to stand between Slipway and a server."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

PASS, LATE, SILENT, TRICKLE, RESET = "pass", "late", "silent", "trickle", "reset"


class Proxy:
    """`mode` may change at any time; `connections` counts who came."""

    def __init__(self, target: str) -> None:
        address = urlsplit(target)
        self._target = (str(address.hostname), int(address.port or 80))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.mode = PASS
        self.seconds = 10.0
        self.replaced: dict[bytes, bytes] = {}  # in answers, with as many bytes
        self.connections = 0

    def serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._converse, args=(client,), daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _converse(self, client: socket.socket) -> None:
        with client, suppress(OSError), socket.create_connection(self._target) as server:
            back = threading.Thread(target=self._answer, args=(server, client), daemon=True)
            back.start()
            while received := client.recv(65536):
                server.sendall(received)

    def _answer(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while received := server.recv(65536):
                for before, after in self.replaced.items():
                    received = received.replace(before, after)
                self._pass_on(received, client)
            client.shutdown(socket.SHUT_RDWR)

    def _pass_on(self, received: bytes, client: socket.socket) -> None:
        mode = self.mode
        if mode == RESET:
            client.shutdown(socket.SHUT_RDWR)
        elif mode == TRICKLE:
            for at in range(len(received)):
                client.sendall(received[at : at + 1])
                time.sleep(0.2)
        elif mode != SILENT:
            time.sleep(self.seconds if mode == LATE else 0)
            client.sendall(received)


@contextmanager
def before(target: str) -> Iterator[Proxy]:
    proxy = Proxy(target)
    threading.Thread(target=proxy.serve, daemon=True).start()
    try:
        yield proxy
    finally:
        proxy.close()
