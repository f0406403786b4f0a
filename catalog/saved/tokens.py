"""The secrets of a saved search: of its feed, its webhook, its e-mails.

Those of the feed and of e-mails are signatures of SECRET_KEY over what stands in the row, so they
can be told again and no table holds them. That of the webhook, which others keep, stands sealed.
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
    whose, former = f"saved search webhook {saved.pk}", ""
    if saved.former_webhook_secret or saved.former_webhook_nonce:
        former = webhooks.told(
            saved.former_webhook_secret, whose=whose, nonce=saved.former_webhook_nonce
        )
    return webhooks.Key(
        secret=webhooks.told(saved.webhook_secret, whose=whose, nonce=saved.webhook_nonce),
        former=former,
        renewed_at=saved.webhook_renewed_at,
    )
