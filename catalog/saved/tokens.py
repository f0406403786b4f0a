"""The secrets of a saved search: of its feed, its webhook, its e-mails.

Each is worked out from SECRET_KEY and a nonce that stands in the row, so it can be shown again
at any time and yet no copy of the database holds it. Another nonce makes another secret.
"""

import base64
import hashlib
import hmac
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.utils import timezone

from catalog.models import SavedSearch

FEED, MAIL = "saved search feed", "saved search mail"
SECRET_BYTES = 24
FORMER_SECRET_HOLDS = timedelta(days=1)


def feed_token(saved: SavedSearch) -> str:
    return signing.Signer(salt=FEED).sign(f"{saved.pk}-{saved.feed_nonce}").replace(":", ".")


def by_feed_token(token: str) -> SavedSearch | None:
    said, _dot, signature = token.partition(".")
    try:
        pk, _dash, nonce = signing.Signer(salt=FEED).unsign(f"{said}:{signature}").partition("-")
    except signing.BadSignature:
        return None
    return SavedSearch.objects.filter(pk=pk, feed_nonce=nonce, owner__is_active=True).first()


def mail_token(saved: SavedSearch) -> str:
    return signing.Signer(salt=MAIL).sign(str(saved.pk)).replace(":", ".")


def by_mail_token(token: str) -> SavedSearch | None:
    said, _dot, signature = token.partition(".")
    try:
        pk = signing.Signer(salt=MAIL).unsign(f"{said}:{signature}")
    except signing.BadSignature:
        return None
    return SavedSearch.objects.filter(pk=pk).first()


def webhook_secret(saved: SavedSearch) -> str:
    """As the owner's receiver takes it."""
    return _written(_derived(settings.SECRET_KEY, saved, saved.webhook_nonce))


def webhook_signatures(saved: SavedSearch, *, id: str, timestamp: int, body: bytes) -> str:
    """The header's value: with each secret that a receiver may rightly still hold."""
    signed = f"{id}.{timestamp}.".encode() + body
    return " ".join(f"v1,{_signature(secret, signed)}" for secret in _secrets(saved))


def _secrets(saved: SavedSearch) -> list[bytes]:
    nonces = [saved.webhook_nonce]
    renewed = saved.webhook_renewed_at
    if renewed and saved.former_webhook_nonce and timezone.now() < renewed + FORMER_SECRET_HOLDS:
        nonces.append(saved.former_webhook_nonce)
    keys = [str(settings.SECRET_KEY), *map(str, settings.SECRET_KEY_FALLBACKS)]
    return [_derived(key, saved, nonce) for key in keys for nonce in nonces]


def _derived(key: str, saved: SavedSearch, nonce: str) -> bytes:
    said = f"saved search webhook {saved.pk} {nonce}".encode()
    return hmac.digest(key.encode(), said, hashlib.sha256)[:SECRET_BYTES]


def _written(secret: bytes) -> str:
    return f"whsec_{base64.b64encode(secret).decode()}"


def _signature(secret: bytes, signed: bytes) -> str:
    return base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()
