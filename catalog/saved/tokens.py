"""The secrets of a saved search: of its feed, its webhook, its e-mails.

Those of the feed and of e-mails are signatures of SECRET_KEY over what stands in the row, a random
word too: they can be told again, no table holds them, and neither the key alone nor a copy of the
database makes one. Another address of the feed ends the links of e-mails before it. That of the
webhook, which others keep, stands sealed.
"""

from django.core import signing

from catalog.models import SavedSearch
from catalog.models.saved import SavedSearchQuerySet
from config import webhooks

FEED, MAIL = "saved search feed", "saved search mail"


def feed_token(saved: SavedSearch) -> str:
    return signed(saved.pk, saved.feed_nonce, FEED)


def by_feed_token(token: str) -> SavedSearch | None:
    return _found(token, FEED).filter(owner__is_active=True).first()


def mail_token(saved: SavedSearch) -> str:
    return signed(saved.pk, saved.feed_nonce, MAIL)


def by_mail_token(token: str) -> SavedSearch | None:
    return _found(token, MAIL).first()


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


def signed(pk: int, nonce: str, salt: str) -> str:
    return signing.Signer(salt=salt).sign(f"{pk}-{nonce}").replace(":", ".")


def opened(token: str, salt: str) -> tuple[str, str] | None:
    """The key and the nonce; None when the signature is not ours."""
    said, _dot, signature = token.partition(".")
    try:
        pk, _dash, nonce = signing.Signer(salt=salt).unsign(f"{said}:{signature}").partition("-")
    except signing.BadSignature:
        return None
    return pk, nonce


def _found(token: str, salt: str) -> SavedSearchQuerySet:
    if (told := opened(token, salt)) is None:
        return SavedSearch.objects.none()
    pk, nonce = told
    return SavedSearch.objects.filter(pk=pk, feed_nonce=nonce)
