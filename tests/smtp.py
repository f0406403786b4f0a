"""A small SMTP server of the tests' own, for what really goes over the wire."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from pytest_django.fixtures import Settings


@dataclass
class Mailbox:
    """What came in, and how recipients are answered."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    to_recipient: str = "250 OK"


@contextmanager
def used_by(settings: Settings) -> Iterator[Mailbox]:
    """What the settings become with EMAIL_URL, and where the mail goes."""
    with server() as mailbox:
        settings.EMAIL_URL = f"smtp://127.0.0.1:{mailbox.port}"
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mailbox.port
        yield mailbox


@contextmanager
def server() -> Iterator[Mailbox]:
    mailbox = Mailbox()

    class Session(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 tests")
            while line := self.rfile.readline().decode().strip():
                verb = line[:4].upper()
                if verb == "DATA":
                    self._say("354 go on")
                    mailbox.letters.append(self._letter())
                    self._say("250 OK")
                elif verb == "RCPT":
                    mailbox.recipients.append(line[8:].strip("<> "))
                    self._say(mailbox.to_recipient)
                else:
                    self._say("221 bye" if verb == "QUIT" else "250 OK")

        def _letter(self) -> EmailMessage:
            lines = []
            while (line := self.rfile.readline()) != b".\r\n":
                lines.append(line.removeprefix(b"."))
            return message_from_bytes(b"".join(lines), policy=policy.default)  # type: ignore[return-value]

        def _say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session) as listening:
        mailbox.port = listening.server_address[1]
        threading.Thread(target=listening.serve_forever, args=(0.02,), daemon=True).start()
        yield mailbox
        listening.shutdown()
