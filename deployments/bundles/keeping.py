"""Where the files of bundles lie: `VAR_DIR/bundles/DIGEST`, written once and never changed."""

import contextlib
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings

from deployments.bundles.reading import SCHEMA, Contents
from deployments.models import Bundle

DRAFT, GONE = ".draft-", ".gone-"  # how folders on their way are named


def place() -> Path:
    return Path(settings.VAR_DIR) / "bundles"


def folder(bundle: Bundle) -> Path:
    return place() / bundle.digest


@contextmanager
def draft(contents: Contents) -> Iterator[Path]:
    """A copy of the bundle that every user may read; gone afterwards unless it was kept."""
    place().mkdir(mode=0o755, parents=True, exist_ok=True)
    copy = Path(tempfile.mkdtemp(prefix=DRAFT, dir=place()))
    try:
        for name in contents.files:
            _copy(contents.folder / name, copy / name)
        _open_to_readers(copy)
        yield copy
    finally:
        shutil.rmtree(copy, ignore_errors=True)


def keep(copy: Path, digest: str, schema: dict[str, Any]) -> None:
    """Under its digest, with the schema that Cog's server reads; the same is kept once."""
    if is_kept(digest):
        return
    (copy / SCHEMA).parent.mkdir()
    (copy / SCHEMA).write_text(json.dumps(schema), encoding="utf-8")
    _open_to_readers(copy)
    try:
        copy.rename(place() / digest)
    except OSError:
        if not is_kept(digest):  # else somebody kept the same a moment ago
            raise


def is_kept(digest: str) -> bool:
    """And young again: what is old and belongs to no version is cleaned away."""
    with contextlib.suppress(FileNotFoundError):
        os.utime(place() / digest)
        return True
    return False


def discard(path: Path) -> None:
    """Moved aside first: nobody finds half of a folder under its name."""
    aside = path.with_name(f"{GONE}{path.name}-{secrets.token_hex(4)}")
    with contextlib.suppress(FileNotFoundError):
        path.rename(aside)
        shutil.rmtree(aside, ignore_errors=True)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target, follow_symlinks=False)


def _open_to_readers(folder: Path) -> None:
    """An instance may run as a user of its own."""
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
