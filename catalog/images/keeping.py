"""Pictures on disk: fetched once, few at a time, within a quota; failures are remembered too."""

import hashlib
import os
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import structlog
from django.conf import settings

from config import outbound

from . import addresses, checking

log = structlog.get_logger(__name__)

MOST_BYTES = 5_000_000
SECONDS = 8.0
HOPS = 3
KINDS = ("image/", "application/octet-stream", "binary/octet-stream")
FAILURE_HOLDS = 3600.0  # seconds until it is tried again
WAIT = 4.0
AT_ONCE = 3  # of the eight threads of a web process
_free = threading.BoundedSemaphore(AT_ONCE)


class Busy(Exception):
    """Enough are being fetched."""


@dataclass(frozen=True)
class Picture:
    path: Path
    kind: str


def picture(url: str) -> Picture | None:
    """None: there is none that may be shown. Raises Busy."""
    name = hashlib.sha256(url.encode()).hexdigest()
    return _kept(name) or _fetched(url, name)


def _fetched(url: str, name: str) -> Picture | None:
    if _has_failed(name):
        return None
    if not _free.acquire(timeout=WAIT):
        raise Busy
    try:
        return _kept(name) or _fetch(url, name)
    finally:
        _free.release()


def _fetch(url: str, name: str) -> Picture | None:
    try:
        content = outbound.download(
            url,
            most_bytes=MOST_BYTES,
            kinds=KINDS,
            may_ask=lambda target: addresses.is_fetched_from(target.host),
            hops=HOPS,
            seconds=SECONDS,
        )
        kind = checking.kind_of(content)
    except (outbound.Refused, outbound.Failed, checking.NoPicture) as why:
        log.info("no picture", url=url[:200], why=str(why))
        _write(_folder() / f"{name}.none", b"")
        return None
    path = _folder() / f"{name}.{kind}"
    _write(path, content)
    _make_room()
    return Picture(path, kind)


def _kept(name: str) -> Picture | None:
    for kind in checking.KINDS.values():
        path = _folder() / f"{name}.{kind}"
        with suppress(FileNotFoundError):
            os.utime(path)  # the longest unused go first
            return Picture(path, kind)
    return None


def _has_failed(name: str) -> bool:
    try:
        failed_at = (_folder() / f"{name}.none").stat().st_mtime
    except FileNotFoundError:
        return False
    return time.time() - failed_at < FAILURE_HOLDS


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all."""
    draft = path.with_name(f"{path.name}.{threading.get_ident()}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(path)


def _make_room() -> None:
    """Down to nine tenths of the quota, when it is passed."""
    files = sorted(
        (entry.stat().st_mtime, entry.stat().st_size, entry.path) for entry in os.scandir(_folder())
    )
    total, most = sum(size for _at, size, _path in files), settings.IMAGES_SIZE_MAX
    if total <= most:
        return
    for _at, size, path in files:
        Path(path).unlink(missing_ok=True)
        total -= size
        if total <= most * 0.9:
            return


def _folder() -> Path:
    folder: Path = settings.VAR_DIR / "images"
    folder.mkdir(exist_ok=True)
    return folder
