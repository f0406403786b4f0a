"""Addresses of streams that need no token: Replicate's JavaScript client sends none to them."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from django.core.signing import BadSignature, Signer
from django.utils import timezone

SIGNER = Signer(salt="prediction stream")
HOLDS = timedelta(hours=24)


def query(id: str) -> str:
    """The same for an hour, so that answers that hold it can be revalidated."""
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    expiry = int((hour + HOLDS + timedelta(hours=1)).timestamp())
    return urlencode({"expiry": expiry, "signature": SIGNER.signature(f"{id} {expiry}")})


def is_good(id: str, *, expiry: str, signature: str) -> bool:
    """Whether it was given out for this prediction and holds still."""
    if not expiry.isdecimal() or len(expiry) > 12 or "\0" in signature:
        return False
    if datetime.fromtimestamp(int(expiry), UTC) < timezone.now():
        return False
    try:
        SIGNER.unsign(f"{id} {int(expiry)}:{signature}")
    except BadSignature:
        return False
    return True
