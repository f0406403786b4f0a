"""What becomes of collections, saved searches, likes and what one follows at a closing."""

from django.utils.translation import ngettext

from accounts.closing.parts import Line
from accounts.models import User
from catalog.collecting import actions as collecting
from catalog.models import Collection, Follow, Like, NewsFeed, SavedSearch


def told(owner: User) -> list[Line]:
    collections = Collection.objects.filter(owner=owner).count()
    searches = SavedSearch.objects.filter(owner=owner).count()
    likes = Like.objects.filter(user=owner).count()
    follows = Follow.objects.filter(user=owner).count()
    return [
        _line(
            ngettext("%(count)s collection", "%(count)s collections", collections),
            collections,
            is_kept=True,
        ),
        _line(ngettext("%(count)s saved search", "%(count)s saved searches", searches), searches),
        _line(ngettext("%(count)s like", "%(count)s likes", likes), likes),
        _line(
            ngettext(
                "%(count)s model or publisher that is followed",
                "%(count)s models and publishers that are followed",
                follows,
            ),
            follows,
        ),
    ]


def hand_over(owner: User, to: User) -> None:
    """Searches, likes and what one follows are a person's own."""
    for collection in Collection.objects.filter(owner=owner).select_related("owner"):
        collecting.hand_over(collection, to, is_limited=False)


def end(owner: User) -> bool:
    for rows in (
        Collection.objects.filter(owner=owner),
        SavedSearch.objects.filter(owner=owner),
        Like.objects.filter(user=owner),
        Follow.objects.filter(user=owner),
        NewsFeed.objects.filter(user=owner),
    ):
        rows.delete()
    return True


def _line(text: str, count: int, *, is_kept: bool = False) -> Line:
    return Line(count, text % {"count": count}, is_kept)
