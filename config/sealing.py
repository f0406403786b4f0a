"""Secrets that must be told again, sealed so that no copy of the database can be read for them.

Each is a Fernet token. The first of SEALING_KEYS seals and every one opens, so a key is exchanged
by putting another before it, running `manage.py reseal`, and taking the former one out.
"""

import base64
import hashlib
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models

MARK = "sealed:"  # tells a sealed text from one that somebody typed


class Unopenable(Exception):
    """No key that we have opens it."""

    def __init__(self) -> None:
        super().__init__("None of SEALING_KEYS opens it; add the key that it was sealed with.")


class SealedField(models.TextField):  # type: ignore[type-arg]
    """Holds what `seal` made, as it is; `manage.py reseal` finds it by its type."""

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, _path, args, kwargs = super().deconstruct()
        return name, "config.sealing.SealedField", args, kwargs


def seal(text: str) -> str:
    """Another text each time, so sealed texts are never compared."""
    return MARK + _keys().encrypt(text.encode()).decode()


def opened(sealed: str) -> str:
    """Raises Unopenable."""
    try:
        return _keys().decrypt(_token(sealed)).decode()
    except InvalidToken as error:
        raise Unopenable from error


def resealed(sealed: str) -> str:
    """The same secret under the first key; raises Unopenable."""
    try:
        return MARK + _keys().rotate(_token(sealed)).decode()
    except InvalidToken as error:
        raise Unopenable from error


def is_sealed(value: object) -> bool:
    return isinstance(value, str) and value.startswith(MARK)


def _token(sealed: str) -> bytes:
    if not is_sealed(sealed):
        raise Unopenable
    return sealed.removeprefix(MARK).encode()


def _keys() -> MultiFernet:
    return _made(tuple(settings.SEALING_KEYS))


@lru_cache(maxsize=4)
def _made(keys: tuple[str, ...]) -> MultiFernet:
    """Keys may be any long random text, as SECRET_KEY; Fernet wants 32 bytes."""
    digests = [hashlib.sha256(f"slipway sealing {key}".encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
