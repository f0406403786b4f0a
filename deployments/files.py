"""Bytes that people sent for predictions, and bytes that models made: kept, handed out, forgotten.

They lie in VAR_DIR/files below the id of their row. Bytes are whole before there is a row, and a
row goes before its bytes: what a crash leaves between the two is swept up.
"""

import hashlib
import os
import re
import unicodedata
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO, Protocol
from urllib.parse import parse_qs, urlencode, urlsplit

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from rest_framework.request import Request

from accounts.models import Token, User
from config.links import Links

from .models import Prediction, StoredFile
from .models.files import StoredFileQuerySet
from .models.predictions import new_id

log = structlog.get_logger(__name__)

CHUNK = 1 << 20
NAME_BYTES = 255
KEPT = timedelta(hours=24)
LEFT_OVER = timedelta(hours=1)  # what has no row for so long belongs to nobody
LINKS = Links("file download")
CONTENT_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,62}/[a-z0-9][a-z0-9!#$&^_.+-]{0,62}")
UNKNOWN_TYPE = "application/octet-stream"


class TooLarge(Exception):
    """The message says how large one may be."""


class OverQuota(Exception):
    """The owner's files together would be more than one may keep; the message says how much."""


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def store(
    owner: User,
    name: str,
    content_type: str,
    stream: Readable,
    prediction: Prediction | None = None,
    *,
    metadata: dict[str, Any] | None = None,
    uploaded_with: Token | None = None,
) -> StoredFile:
    """Keep what the stream holds. Raises TooLarge or OverQuota, and then nothing is left of it.

    An upload is kept for a day, a model's file as long as its prediction's data.
    """
    id = new_id()
    draft = _path(id).with_suffix(".part")
    draft.parent.mkdir(parents=True, exist_ok=True)
    try:
        size, sha256 = _write(draft, stream)
        draft.rename(_path(id))
        with transaction.atomic():
            _check_quota(owner, size)
            stored = StoredFile.objects.create(
                id=id,
                owner=owner,
                prediction=prediction,
                uploaded_with=uploaded_with.pk if uploaded_with else None,
                name=clean_name(name),
                content_type=clean_type(content_type),
                size=size,
                sha256=sha256,
                metadata=metadata or {},
                expires_at=prediction.keep_until if prediction else timezone.now() + KEPT,
            )
    except BaseException:
        draft.unlink(missing_ok=True)
        _path(id).unlink(missing_ok=True)
        raise
    log.info("file stored", file=id, size=size, by=owner.pk)
    return stored


def check_length(said: str | None) -> None:
    """Before a byte of the body is read. Raises TooLarge; a form needs a little of its own."""
    if said and said.isdecimal() and int(said) > settings.FILE_SIZE_MAX + CHUNK:
        raise TooLarge(f"A file may have {_mega(settings.FILE_SIZE_MAX)} at most.")


def read(stored: StoredFile) -> BinaryIO:
    """Its bytes, opened. Raises FileNotFoundError when they are gone."""
    return path_of(stored).open("rb")


def path_of(stored: StoredFile) -> Path:
    return _path(stored.pk)


def url_of(stored: StoredFile, request: Request | HttpRequest | None = None) -> str:
    """An absolute address that opens the file without a token, for a day."""
    owner = stored.owner.get_username()
    query = {"owner": owner, **LINKS.signed(owner, stored.pk)}
    path = f"{reverse('v1:file-download', args=[stored.pk])}?{urlencode(query)}"
    return request.build_absolute_uri(path) if request else f"{settings.PUBLIC_URL}{path}"


def by_link(id: str, *, owner: str, expiry: str, signature: str) -> StoredFile | None:
    """The file of a signed address, unless the address was changed or its time is over."""
    if "\0" in owner or not LINKS.are_good(owner, id, expiry=expiry, signature=signature):
        return None
    return _existing().filter(pk=id, owner__username=owner).first()


def named_by(url: str, user: User) -> StoredFile | None:
    """The file of ours that an input names: by a signed address, or by `urls.get` of one's own.

    For those who give a model its input: a model has no network to fetch it with.
    """
    parts = urlsplit(url)
    try:
        match = resolve(parts.path)
    except Resolver404:
        return None
    if match.url_name == "file":
        return _existing().visible_to(user).filter(pk=match.kwargs["file_id"]).first()
    if match.url_name != "file-download":
        return None
    said = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return by_link(
        match.kwargs["file_id"],
        owner=said.get("owner", ""),
        expiry=said.get("expiry", ""),
        signature=said.get("signature", ""),
    )


def delete(stored: StoredFile) -> None:
    """The row now, the bytes once that is committed."""
    path = path_of(stored)
    stored.delete()
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


def delete_of(prediction: Prediction) -> None:
    """Every file that the prediction made."""
    for stored in prediction.files.all():
        delete(stored)


def forget() -> int:
    """Delete what is over its time, and bytes that belong to no row. Returns how many files."""
    expired = StoredFile.objects.filter(expires_at__lt=timezone.now())
    count = 0
    for stored in expired.iterator(chunk_size=500):
        delete(stored)
        count += 1
    return count + _sweep()


def clean_name(name: str) -> str:
    """One line, no folder, nothing that turns text around, at most 255 bytes."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C")
    kept = kept.strip().lstrip(".")
    stem, dot, ending = kept.rpartition(".")
    if dot and len(ending.encode()) < 20:
        return _cut(stem, NAME_BYTES - len(ending.encode()) - 1) + dot + ending
    return _cut(kept, NAME_BYTES) or "file"


def clean_type(content_type: str) -> str:
    plain = content_type.partition(";")[0].strip().lower()
    return plain if CONTENT_TYPE.fullmatch(plain) else UNKNOWN_TYPE


def _existing() -> StoredFileQuerySet:
    return StoredFile.objects.select_related("owner").filter(owner__is_active=True)


def _path(id: str) -> Path:
    return Path(settings.VAR_DIR, "files", id[:2], id)


def _write(path: Path, stream: Readable) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    with path.open("xb") as file:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > settings.FILE_SIZE_MAX:
                raise TooLarge(f"A file may have {_mega(settings.FILE_SIZE_MAX)} at most.")
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return size, digest.hexdigest()


def _check_quota(owner: User, size: int) -> None:
    # The lock keeps two uploads at once from passing the limit together.
    User.objects.select_for_update().get(pk=owner.pk)
    kept = StoredFile.objects.filter(owner=owner).aggregate(all=Sum("size"))["all"] or 0
    if kept + size > settings.FILES_PER_OWNER:
        raise OverQuota(
            f"Your files have {_mega(kept)} together and may have "
            f"{_mega(settings.FILES_PER_OWNER)}; delete some, or wait until they expire."
        )


def _sweep() -> int:
    """Bytes without a row: of an upload that was cut off, or of rows that went with others."""
    swept = 0
    for batch in _old_paths():
        known = set(StoredFile.objects.filter(pk__in=batch).values_list("pk", flat=True))
        for id, path in batch.items():
            if id not in known:
                path.unlink(missing_ok=True)
                swept += 1
    return swept


def _old_paths(count: int = 500) -> Iterator[dict[str, Path]]:
    long_ago = (timezone.now() - LEFT_OVER).timestamp()
    batch: dict[str, Path] = {}
    for path in Path(settings.VAR_DIR, "files").glob("??/*"):
        try:
            is_old = path.stat().st_mtime < long_ago
        except FileNotFoundError:
            continue
        if is_old:
            batch[path.name] = path
        if len(batch) == count:
            yield batch
            batch = {}
    yield batch


def _cut(text: str, most: int) -> str:
    return text.encode()[:most].decode(errors="ignore").strip()


def _mega(size: int) -> str:
    return f"{size / 1_000_000:,.0f} MB" if size >= 1_000_000 else f"{size:,} bytes"
