"""The secret address of a feed of news: see saved/tokens.py, which does the same."""

from django.core import signing

from catalog.models import NewsFeed

NEWS = "feed of news"


def feed_token(feed: NewsFeed) -> str:
    return signing.Signer(salt=NEWS).sign(f"{feed.pk}-{feed.nonce}").replace(":", ".")


def by_feed_token(token: str) -> NewsFeed | None:
    said, _dot, signature = token.partition(".")
    try:
        pk, _dash, nonce = signing.Signer(salt=NEWS).unsign(f"{said}:{signature}").partition("-")
    except signing.BadSignature:
        return None
    feeds = NewsFeed.objects.select_related("user")
    return feeds.filter(user_id=pk, nonce=nonce, user__is_active=True).first()
