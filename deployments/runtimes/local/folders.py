"""The folder of an instance: what lies in it, and who may see it."""

import contextlib
import fcntl
import hashlib
import json
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deployments.runtimes.interface import RuntimeRejected, RuntimeUnavailable
from launch.broker import LONGEST_SOCKET_PATH

KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


@dataclass(frozen=True)
class Folder:
    path: Path

    @property
    def key(self) -> str:
        return self.path.name

    @property
    def socket(self) -> Path:
        """In it, or in this user's private temporary folder when its path is too long for Linux."""
        inside = self.path / "socket"
        if len(os.fsencode(inside)) <= LONGEST_SOCKET_PATH:
            return inside
        name = hashlib.sha256(os.fsencode(inside)).hexdigest()[:24]
        return Path(tempfile.gettempdir()) / f"slipway-instances-{os.getuid()}" / name

    def make(self) -> None:
        """For this user alone: what a model says is its owner's."""
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.path.mkdir(mode=0o700, exist_ok=True)
            self._make_place_of_socket()
        except OSError as error:
            raise RuntimeUnavailable(f"{self.path} cannot be made ({error.strerror}).") from error

    def _make_place_of_socket(self) -> None:
        place = self.socket.parent
        if place == self.path:
            return
        place.mkdir(mode=0o700, exist_ok=True)
        found = place.lstat()
        if found.st_uid != os.getuid() or found.st_mode & 0o077:
            raise RuntimeUnavailable(f"{place} belongs to somebody else; remove it.")

    def read(self, name: str) -> dict[str, Any]:
        """Empty when it is not there, or not whole."""
        try:
            found = json.loads((self.path / name).read_text())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def write(self, name: str, content: dict[str, Any]) -> None:
        draft = self.path / f".{name}.{os.getpid()}"
        draft.write_text(json.dumps(content))
        draft.replace(self.path / name)

    def forget(self, *names: str) -> None:
        for name in names:
            (self.path / name).unlink(missing_ok=True)

    def lock(self) -> int | None:
        """Its lock, which the keeper holds for as long as it lives; None when it is held."""
        held = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(held)
            return None
        return held

    def last_words(self, lines: int = 12) -> str:
        """The end of the log, for people."""
        said: list[str] = []
        with contextlib.suppress(OSError), (self.path / "log.jsonl").open("rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - 16384))
            for line in log.read().splitlines()[-lines:]:
                with contextlib.suppress(ValueError, KeyError, TypeError):
                    said.append(str(json.loads(line)["text"]))
        return "\n".join(said)


def folder(place: Path, key: str) -> Folder:
    if not KEY.fullmatch(key):
        raise RuntimeRejected(f"{key!r} cannot be a key: letters, digits, dots and dashes can.")
    return Folder(place / key)


def all_in(place: Path) -> list[Folder]:
    with contextlib.suppress(OSError):
        return [Folder(path) for path in place.iterdir() if KEY.fullmatch(path.name)]
    return []
