"""A Meilisearch of one test's own, that can be killed and come back with what it held."""

import signal
import subprocess
from pathlib import Path

from launch import processes
from tests import servers


class Server:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = servers.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [
            *(servers.meilisearch_program(), "--http-addr", f"127.0.0.1:{self.port}"),
            *("--db-path", str(self.folder / "data"), "--no-analytics"),
            *("--max-indexing-threads", "2", "--max-indexing-memory", "64MB"),
        ]
        with (self.folder.parent / f"log-{self.port}").open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=processes.end_with_parent,  # noqa: PLW1509 - as tests/servers.py
            )
        servers.wait_until(lambda: servers.is_listening(self.port), "Meilisearch")

    def kill(self) -> None:
        """kill -9: it has no time to say goodbye."""
        if self._process:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None
