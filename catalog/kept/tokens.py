"""The secret address of a feed of news, made as those of saved searches are."""

from catalog.models import NewsFeed
from catalog.saved import tokens

NEWS = "feed of news"


def feed_token(feed: NewsFeed) -> str:
    return tokens.signed(feed.pk, feed.nonce, NEWS)


def by_feed_token(token: str) -> NewsFeed | None:
    if (told := tokens.opened(token, NEWS)) is None:
        return None
    pk, nonce = told
    feeds = NewsFeed.objects.select_related("user")
    return feeds.filter(user_id=pk, nonce=nonce, user__is_active=True).first()
