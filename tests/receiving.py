"""A receiver of webhooks: a real server that answers as told and keeps what it got."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Receiver:
    url: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    text: bytes = b""
    got: list[tuple[Message, bytes]] = field(default_factory=list)
    wait_for: threading.Event | None = None  # answers when this is set

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(body) for _, body in self.got]


@contextmanager
def receiver(status: int = 200) -> Iterator[Receiver]:
    kept = Receiver(status=status)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.got.append((self.headers, body))
            if kept.wait_for:
                kept.wait_for.wait(30)
            self.send_response(kept.status)
            if 300 <= kept.status < 400:
                self.send_header("Location", f"{kept.url}/elsewhere")
            for name, value in kept.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(kept.text)))
            self.end_headers()
            self.wfile.write(kept.text)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        kept.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield kept
        server.shutdown()
