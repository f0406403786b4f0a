"""Atom feeds: of any search, and of a collection."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import http_date
from django.views.decorators.http import conditional_page, require_safe

from catalog import feeds, search
from catalog.forms import SearchForm
from catalog.models import AIModel, Collection
from catalog.pages import doors
from catalog.pages.address import Address

from .asked import a_search

KEPT_SECONDS = 300


@conditional_page
@a_search
def models_feed(request: HttpRequest, form: SearchForm) -> HttpResponseBase:
    """What fits, by when it came into this catalog, or with `sort=updated` by when it changed."""
    address = doors.feed_address(Address(tuple(form.parameters())))
    number = form.cleaned_data["page"] or 1
    ids = _ids(form, number)
    feed = feeds.Feed(
        title=doors.title(address),
        page=address.url(),
        address=address.url(route="models_feed"),
        this=address.url(route="models_feed", page=number),
        next=_page(address, number + 1) if len(ids) > feeds.ENTRIES else "",
        previous=_page(address, number - 1) if number > 1 else "",
    )
    return atom(feeds.write(feed, ids[: feeds.ENTRIES]))


@conditional_page
@require_safe
def collection_feed(request: HttpRequest, slug: str) -> HttpResponseBase:
    """What was picked last comes first, with the note why."""
    found = Collection.objects.listed().filter(slug__iexact=slug).first()
    if found is None:
        raise Http404
    if found.slug != slug:
        return redirect("collection_feed", found.slug, permanent=True)
    picked = found.items.filter(ai_model__status__in=AIModel.LISTED).order_by("-pk")
    notes = dict(picked.values_list("ai_model_id", "note")[: feeds.ENTRIES])
    address = reverse("collection_feed", args=[found.slug])
    feed = feeds.Feed(
        title=f"Slipway: {found.name}",
        page=found.get_absolute_url(),
        address=address,
        this=address,
    )
    return atom(feeds.write(feed, list(notes), notes=notes))


def _ids(form: SearchForm, number: int) -> list[int]:
    """Of one page, and one more when there is a next page."""
    query = form.query(offset=(number - 1) * feeds.ENTRIES, limit=feeds.ENTRIES + 1)
    if query.sort in doors.FEED_SORTS:
        return search.find(query).ids
    return search.newest(query)


def _page(address: Address, number: int) -> str:
    return address.url(route="models_feed", page=number)


def atom(written: feeds.Written) -> HttpResponse:
    response = HttpResponse(written.xml, content_type="application/atom+xml; charset=utf-8")
    response["Last-Modified"] = http_date(written.updated.timestamp())
    patch_cache_control(response, public=True, max_age=KEPT_SECONDS)
    return response
