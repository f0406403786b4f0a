"""The secrets of a saved search: of its feed, its webhook, its e-mails.

Each is worked out from SECRET_KEY and a nonce that stands in the row, so it can be shown again
at any time and yet no copy of the database holds it. Another nonce makes another secret.
"""

from django.core import signing

from catalog.models import SavedSearch
from config import webhooks

FEED, MAIL = "saved search feed", "saved search mail"


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


def webhook_key(saved: SavedSearch) -> webhooks.Key:
    return webhooks.Key(
        whose=f"saved search webhook {saved.pk}",
        nonce=saved.webhook_nonce,
        former_nonce=saved.former_webhook_nonce,
        renewed_at=saved.webhook_renewed_at,
    )
