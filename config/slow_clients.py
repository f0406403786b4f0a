"""A worker of gunicorn whose threads nobody holds by sending a byte now and then.

Each request has some seconds, and more with every byte that arrives; who sends slower is cut off,
as if they had hung up. Open streams of answers are not touched: there we send.
"""

import errno
import socket
import threading
import time

from gunicorn.workers import gthread

FIRST_SECONDS = 15.0
LEAST_BYTES_A_SECOND = 4096
SEND_SECONDS = 60.0  # for one piece of an answer


class Patience:
    """The part of a socket that the parser reads by."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.start()

    def start(self) -> None:
        self._until = time.monotonic() + FIRST_SECONDS

    def recv(self, size: int) -> bytes:
        left = self._until - time.monotonic()
        try:
            self._connection.settimeout(max(left, 0.001))
            received = self._connection.recv(size)
        except TimeoutError as error:
            raise ConnectionResetError(errno.ECONNRESET, "sent too slowly") from error
        self._connection.settimeout(SEND_SECONDS)
        self._until += len(received) / LEAST_BYTES_A_SECOND
        return received


class Connection(gthread.TConn):  # type: ignore[misc]
    patience: Patience | None = None

    def init(self) -> None:
        super().init()
        if self.patience is None:
            self.patience = self.parser.unreader.sock = Patience(self.sock)
        self.patience.start()

    def close(self, graceful: bool = False) -> None:
        """Gunicorn waits for the other side to hang up, two seconds, in the thread that accepts.

        Only who is still sending needs that, to read the answer; another thread waits for them.
        """
        if graceful and self._is_sending():
            threading.Thread(target=super().close, args=(True,), daemon=True).start()
        else:
            super().close()

    def _is_sending(self) -> bool:
        try:
            self.sock.setblocking(False)
            return bool(self.sock.recv(4096))
        except OSError:
            return False


class Worker(gthread.ThreadWorker):  # type: ignore[misc]
    def init_process(self) -> None:
        gthread.TConn = Connection  # its accept() names the class
        super().init_process()
