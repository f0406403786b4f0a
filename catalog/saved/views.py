"""The pages of saved searches. Each belongs to its owner; for anybody else it does not exist."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import conditional_page, require_POST, require_safe

from catalog import feeds, search
from catalog.forms import SearchForm
from catalog.models import Alert, SavedSearch
from catalog.models.saved import MOST_PER_PERSON, NAME_LIMIT
from catalog.saved import actions, mails, pages, tokens
from catalog.saved.forms import SavedSearchForm

FEED_KEPT_SECONDS = 60


@never_cache
@login_required
@require_safe
def saved_searches(request: HttpRequest) -> HttpResponse:
    found = pages.with_last_alert(SavedSearch.objects.visible_to(request.user))
    context = {"cards": pages.all_of(found), "most": MOST_PER_PERSON}
    return render(request, "saved/list.html", context)


@never_cache
@login_required
def new(request: HttpRequest) -> HttpResponse:
    """The search that its address holds, as the search page's own address does."""
    if request.method == "POST":
        return _save(request, SavedSearchForm(request.POST))
    asked = SearchForm(request.GET)
    if not asked.is_valid():
        context = {"sentences": asked.sentences()}
        return render(request, "catalog/search_rejected.html", context, status=400)
    address = pages.address_of(asked)
    name = pages.name_of(address)[:NAME_LIMIT]
    form = SavedSearchForm(initial={"name": name, "query": address.query_string})
    is_partial = search.find(asked.query(limit=1)).is_partial
    return _form_page(request, form, is_partial=is_partial)


@never_cache
@login_required
@require_safe
def saved_search(request: HttpRequest, pk: int) -> HttpResponse:
    saved = _owned(request, pk)
    context = {"page": pages.page(saved), "saved": saved}
    actions.note_seen(saved)
    return render(request, "saved/one.html", context)


@never_cache
@login_required
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    saved = _owned(request, pk)
    if request.method != "POST":
        kept = {
            "name": saved.name,
            "query": saved.query_string,
            "mailing": saved.mailing,
            "webhook_url": saved.webhook_url,
        }
        return _form_page(request, SavedSearchForm(initial=kept), saved)
    form = SavedSearchForm(request.POST)
    if not form.is_valid():
        return _form_page(request, form, saved, status=400)
    actions.change(saved, **_wanted(form))
    messages.success(request, _("Changed."))
    return redirect(saved)


@require_POST
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    return _done(request, pk, actions.pause, _("Paused: nothing new is looked for."))


@require_POST
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    return _done(request, pk, actions.resume, _("It goes on, with what came in meanwhile."))


@require_POST
def renew_feed(request: HttpRequest, pk: int) -> HttpResponse:
    said = _("The feed has another address now; the one before answers no more.")
    return _done(request, pk, actions.renew_feed, said)


@require_POST
def renew_secret(request: HttpRequest, pk: int) -> HttpResponse:
    said = _("The secret is another now; for a day calls are signed with the one before too.")
    return _done(request, pk, actions.renew_webhook_secret, said)


@login_required
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    saved = _owned(request, pk)
    actions.delete(saved)
    messages.success(request, _("“%(name)s” is deleted.") % {"name": saved.name})
    return redirect("saved_searches")


@login_required
@require_POST
def send_test(request: HttpRequest, pk: int, channel: str) -> HttpResponse:
    saved = _owned(request, pk)
    if channel not in Alert.Channel.values:
        raise Http404
    try:
        actions.send_test(saved, channel=channel)
    except actions.TestsWaiting:
        messages.error(request, _("Tests are on their way already; see below what came of them."))
    else:
        messages.success(request, _("The test is on its way; reload to see what came of it."))
    return redirect(f"{saved.get_absolute_url()}#alerts")


@login_required
@require_POST
def send_again(request: HttpRequest, pk: str) -> HttpResponse:
    found = Alert.objects.visible_to(request.user).select_related("saved_search")
    alert = get_object_or_404(found, pk=pk)
    actions.send_again(alert)
    messages.success(request, _("It is sent again; reload to see what came of it."))
    return redirect(f"{alert.saved_search.get_absolute_url()}#alerts")


@conditional_page
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """New matches, the newest first, for whoever has the address: feed readers cannot sign in."""
    saved = tokens.by_feed_token(token)
    if saved is None:
        raise Http404
    address = pages.feed_path(saved)
    said = feeds.Feed(
        title=f"Slipway: {saved.name}",
        page=saved.get_absolute_url(),
        address=address,
        this=address,
    )
    found = dict(saved.matches.values_list("ai_model_id", "found_at")[: feeds.ENTRIES])
    with translation.override(saved.language):
        written = feeds.write(said, list(found), arrivals=found)
    response = HttpResponse(written.xml, content_type="application/atom+xml; charset=utf-8")
    response["Last-Modified"] = http_date(written.updated.timestamp())
    response["X-Robots-Tag"] = "noindex"
    patch_cache_control(response, private=True, max_age=FEED_KEPT_SECONDS)
    return response


@never_cache
@csrf_exempt
def stop_mail(request: HttpRequest, token: str) -> HttpResponse:
    """From an e-mail: its link asks first, a mail program's own button posts (RFC 8058).

    The token is what proves the right to do this, so that no sign-in and no cookie is needed.
    """
    saved = tokens.by_mail_token(token)
    if saved is None:
        raise Http404
    is_done = request.method == "POST"
    if is_done:
        actions.stop_mail(saved.pk)
    return render(request, "saved/stop_mail.html", {"saved": saved, "is_done": is_done})


def _owned(request: HttpRequest, pk: int) -> SavedSearch:
    return get_object_or_404(SavedSearch.objects.visible_to(request.user).defer("known"), pk=pk)


@login_required
def _done(
    request: HttpRequest, pk: int, act: Callable[[SavedSearch], None], said: str
) -> HttpResponse:
    saved = _owned(request, pk)
    act(saved)
    messages.success(request, said)
    return redirect(saved)


def _save(request: HttpRequest, form: SavedSearchForm) -> HttpResponse:
    if not form.is_valid():
        return _form_page(request, form, status=400)
    try:
        saved = actions.save(request.user, **_wanted(form))  # type: ignore[arg-type]
    except actions.TooMany:
        form.add_error(
            None,
            _("You have %(most)s saved searches, as many as one can have; delete one first.")
            % {"most": MOST_PER_PERSON},
        )
        return _form_page(request, form, status=400)
    messages.success(request, _("Saved. What comes in from now on is shown here."))
    return redirect(saved)


def _wanted(form: SavedSearchForm) -> dict[str, Any]:
    wanted = form.cleaned_data
    return {
        "name": wanted["name"],
        "query_string": wanted["query"],
        "mailing": wanted["mailing"],
        "webhook_url": wanted["webhook_url"],
    }


def _form_page(
    request: HttpRequest,
    form: SavedSearchForm,
    saved: SavedSearch | None = None,
    *,
    status: int = 200,
    is_partial: bool = False,
) -> HttpResponse:
    context = {
        "is_partial": is_partial,
        "form": form,
        "saved": saved,
        "sends_mail": mails.is_possible(),
        "mail_address": request.user.email,  # type: ignore[union-attr]
    }
    return render(request, "saved/form.html", context, status=status)
