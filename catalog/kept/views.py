"""The pages of what people like and follow, and the buttons that change it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import conditional_page, require_POST, require_safe

from accounts.models import User
from catalog import feeds
from catalog.kept import actions, keeping, news, pages, tokens
from catalog.models import NewsFeed, Publisher
from catalog.models.likes import MOST_FOLLOWED
from catalog.views.ai_models import find

FEED_KEPT_SECONDS = 60


@require_POST
def like(request: HttpRequest, owner: str, name: str) -> HttpResponse:
    """`set` says what shall be, so that two clicks are as one."""
    ai_model, is_wanted = find(owner, name), _is_wanted(request)
    if not request.user.is_authenticated:
        return keeping.to_sign_in(request, ai_model)
    act = actions.like if is_wanted else actions.unlike
    act(_reader(request), ai_model)
    said = _("You like %(name)s.") if is_wanted else _("You no longer like %(name)s.")
    return keeping.back(request, ai_model, said % {"name": ai_model})


@require_POST
def follow(request: HttpRequest, owner: str, name: str) -> HttpResponse:
    ai_model, is_wanted = find(owner, name), _is_wanted(request)
    if not request.user.is_authenticated:
        return keeping.to_sign_in(request, ai_model)
    act = actions.follow if is_wanted else actions.unfollow
    try:
        act(_reader(request), ai_model)
    except actions.FollowsTooMany:
        return keeping.back(request, ai_model, _too_many(), is_refused=True)
    return keeping.back(request, ai_model, _told(ai_model.full_name, is_wanted=is_wanted))


@require_POST
def follow_publisher(request: HttpRequest, slug: str) -> HttpResponse:
    publisher, is_wanted = get_object_or_404(Publisher.objects.named(slug)), _is_wanted(request)
    if not request.user.is_authenticated:
        return keeping.to_sign_in(request, publisher)
    act = actions.follow_publisher if is_wanted else actions.unfollow_publisher
    try:
        act(_reader(request), publisher)
    except actions.FollowsTooMany:
        return keeping.back(request, publisher, _too_many(), is_refused=True)
    return keeping.back(request, publisher, _told(publisher.title, is_wanted=is_wanted))


@never_cache
@login_required
@require_safe
def likes(request: HttpRequest) -> HttpResponse:
    page = pages.liked(_reader(request), request.GET.get("page"))
    return render(request, "kept/likes.html", {"page": page})


@never_cache
@login_required
@require_safe
def following(request: HttpRequest) -> HttpResponse:
    return render(request, "kept/following.html", {"page": pages.following(_reader(request))})


@login_required
@require_POST
def renew_feed(request: HttpRequest) -> HttpResponse:
    actions.renew_feed(get_object_or_404(NewsFeed, user=_reader(request)))
    said = _("The feed has another address now; the one before answers no more.")
    messages.success(request, said)
    return redirect("following")


@conditional_page
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The news, for whoever has the address: feed readers cannot sign in."""
    found = tokens.by_feed_token(token)
    if found is None:
        raise Http404
    address = pages.feed_path(found)
    with translation.override(found.language):
        said = feeds.Feed(
            title=_("Slipway: what %(name)s follows") % {"name": found.user.get_username()},
            page=reverse("following"),
            address=address,
            this=address,
        )
        entries = [pages.entry(one) for one in news.of(found.user, feeds.ENTRIES)]
        written = feeds.write_entries(said, entries)
    response = HttpResponse(written.xml, content_type="application/atom+xml; charset=utf-8")
    response["Last-Modified"] = http_date(written.updated.timestamp())
    response["X-Robots-Tag"] = "noindex"
    patch_cache_control(response, private=True, max_age=FEED_KEPT_SECONDS)
    return response


def _is_wanted(request: HttpRequest) -> bool:
    match request.POST.get("set"):
        case "on":
            return True
        case "off":
            return False
        case _:
            raise BadRequest("`set` must be on or off.")


def _reader(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - asked before
    return request.user


def _told(name: str, *, is_wanted: bool) -> str:
    if is_wanted:
        return _("You follow %(name)s: what is new is told on the page Following.") % {"name": name}
    return _("You no longer follow %(name)s.") % {"name": name}


def _too_many() -> str:
    said = _("You follow %(most)s models and publishers, as many as one can; unfollow one first.")
    return said % {"most": MOST_FOLLOWED}
