"""The pages of people's own collections. For who may not see one it does not exist."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    conditional_page,
    require_http_methods,
    require_POST,
    require_safe,
)

from accounts import reach
from accounts.models import Role, User
from catalog import feeds
from catalog.collecting import actions, pages
from catalog.collecting.forms import CollectionForm, NewCollectionForm
from catalog.kept import keeping
from catalog.models import AIModel, Collection, CollectionItem
from catalog.models.collections import MOST_MODELS, MOST_PER_OWNER, NOTE_LIMIT
from catalog.pages.missing import NoSuchModel
from catalog.views.ai_models import find
from catalog.views.feeds import atom

page_or_post = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    return render(request, "collecting/mine.html", {"page": pages.mine(_reader(request))})


@never_cache
@login_required
@page_or_post
def new(request: HttpRequest) -> HttpResponse:
    """With `model` in the address that model is put into it at once."""
    owners = reach.owners(_reader(request), Role.DEVELOPER)
    if request.method != "POST":
        return _form_page(request, NewCollectionForm(owners=owners))
    form = NewCollectionForm(request.POST, owners=owners)
    if not form.is_valid():
        return _form_page(request, form, status=400)
    first = _first_model(request)
    try:
        made = actions.make(form.chosen_owner(), **_wanted(form))
    except actions.TooManyCollections:
        form.add_error(None, too_many_collections())
        return _form_page(request, form, status=400)
    if first is None:
        messages.success(request, _("Made. Put models into it on their pages."))
    else:
        actions.add(made, first)
        messages.success(request, _("Made, with %(name)s in it.") % {"name": first})
    return redirect(made)


@require_safe
def collection(request: HttpRequest, owner: str, slug: str) -> HttpResponse:
    shown = pages.shown(_visible(request, owner, slug), request.user)
    return render(request, "collecting/one.html", {"page": shown})


@conditional_page
@require_safe
def feed(request: HttpRequest, owner: str, slug: str) -> HttpResponse:
    """What was put in last comes first. A private one has none: feed readers cannot sign in."""
    open_ones = Collection.objects.visible_to(request.user).filter(visibility__in=Collection.OPEN)
    found = get_object_or_404(open_ones.select_related("owner"), owner__username=owner, slug=slug)
    picked = pages.listed_items(found).order_by("-pk")
    notes = dict(picked.values_list("ai_model_id", "note")[: feeds.ENTRIES])
    address = reverse("own_collection_feed", args=[owner, slug])
    said = feeds.Feed(
        title=f"Slipway: {found.name}",
        page=found.get_absolute_url(),
        address=address,
        this=address,
    )
    answer = atom(feeds.write(said, list(notes), notes=notes))
    if not found.is_public:
        answer["X-Robots-Tag"] = "noindex"
    return answer


@never_cache
@login_required
@page_or_post
def edit(request: HttpRequest, owner: str, slug: str) -> HttpResponse:
    found = _changeable(request, owner, slug)
    if request.method != "POST":
        kept = {name: getattr(found, name) for name in ("name", "description", "visibility")}
        return _edit_page(request, found, CollectionForm(initial=kept))
    form = CollectionForm(request.POST)
    if not form.is_valid():
        return _edit_page(request, found, form, status=400)
    actions.change(found, **_wanted(form))
    messages.success(request, _("Changed."))
    return redirect(found)


@login_required
@require_POST
def arrange(request: HttpRequest, owner: str, slug: str) -> HttpResponse:
    """One form holds all notes, so that none is lost when a model is moved or taken out."""
    found = _changeable(request, owner, slug)
    items = list(pages.listed_items(found).select_related("ai_model__publisher"))
    notes = {item.pk: _note(request, item) for item in items}
    too_long = [item for item in items if len(notes[item.pk]) > NOTE_LIMIT]
    if too_long:
        said = _("The note of %(name)s is too long; %(most)s characters fit.")
        messages.error(request, said % {"name": too_long[0].ai_model, "most": NOTE_LIMIT})
        return redirect("edit_collection", owner, slug)
    actions.write_notes(found, notes)
    return _arranged(request, found, items)


@login_required
@require_POST
def delete(request: HttpRequest, owner: str, slug: str) -> HttpResponse:
    found = _changeable(request, owner, slug)
    actions.delete(found)
    messages.success(request, _("“%(name)s” is deleted.") % {"name": found.name})
    return redirect("own_collections")


@require_POST
def collect(request: HttpRequest, owner: str, name: str) -> HttpResponse:
    """From a model's page: `on` names a collection that it is put into, `off` one it leaves."""
    ai_model = find(owner, name)
    if not request.user.is_authenticated:
        return keeping.to_sign_in(request, ai_model)
    if not ai_model.is_listed:
        raise NoSuchModel(owner, name)
    is_wanted = "on" in request.POST
    key = request.POST.get("on" if is_wanted else "off", "")
    mine = Collection.objects.changeable_by(request.user).select_related("owner")
    found = get_object_or_404(mine, pk=key if key.isdecimal() and len(key) < 19 else None)
    return _collected(request, found, ai_model, is_wanted=is_wanted)


def _collected(
    request: HttpRequest, found: Collection, ai_model: AIModel, *, is_wanted: bool
) -> HttpResponse:
    names = {"name": ai_model, "collection": found.name}
    if not is_wanted:
        actions.remove(found, [ai_model.pk])
        said = _("%(name)s is no longer in “%(collection)s”.") % names
        return keeping.back(request, ai_model, said, is_open=True)
    try:
        actions.add(found, ai_model)
    except actions.TooManyModels:
        said = too_many_models()
        return keeping.back(request, ai_model, said, is_refused=True, is_open=True)
    said = _("%(name)s is in “%(collection)s” now.") % names
    return keeping.back(request, ai_model, said, is_open=True)


def _arranged(request: HttpRequest, found: Collection, items: list[CollectionItem]) -> HttpResponse:
    places = {str(item.pk): at for at, item in enumerate(items)}
    address = reverse("edit_collection", args=[found.owner, found.slug])
    for act, step in (("up", -1), ("down", 1)):
        key = request.POST.get(act, "")
        if key in places:
            actions.move(found, items[places[key]], to=max(places[key] + step, 0))
            return redirect(f"{address}?moved={key}")  # where its button has the focus
    gone = request.POST.get("remove", "")
    if gone in places:
        ai_model = items[places[gone]].ai_model
        actions.remove(found, [ai_model.pk])
        messages.success(request, _("%(name)s is out of it.") % {"name": ai_model})
    else:
        messages.success(request, _("The notes are saved."))
    return redirect(f"{address}#models")


def _note(request: HttpRequest, item: CollectionItem) -> str:
    return " ".join(request.POST.get(f"note-{item.pk}", item.note).replace("\0", "").split())


def _visible(request: HttpRequest, owner: str, slug: str) -> Collection:
    found = Collection.objects.visible_to(request.user).select_related("owner")
    return get_object_or_404(found, owner__username=owner, slug=slug)


def _changeable(request: HttpRequest, owner: str, slug: str) -> Collection:
    found = _visible(request, owner, slug)
    assert found.owner is not None  # noqa: S101 - found by it
    reach.require(request.user, found.owner)
    return found


def _reader(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - asked before
    return request.user


def _first_model(request: HttpRequest) -> AIModel | None:
    owner, _slash, name = request.POST.get("model", "").replace("\0", "").partition("/")
    return AIModel.objects.listed().named(owner, name).select_related("publisher").first()


def _wanted(form: CollectionForm) -> dict[str, str]:
    return {name: form.cleaned_data[name] for name in ("name", "description", "visibility")}


def _form_page(request: HttpRequest, form: CollectionForm, *, status: int = 200) -> HttpResponse:
    model = request.POST.get("model") or request.GET.get("model", "")
    context: dict[str, Any] = {"form": form, "model": model}
    return render(request, "collecting/new.html", context, status=status)


def _edit_page(
    request: HttpRequest, found: Collection, form: CollectionForm, *, status: int = 200
) -> HttpResponse:
    desk = pages.desk(found, moved=request.GET.get("moved", ""))
    context = {"form": form, "desk": desk, "collection": found}
    return render(request, "collecting/edit.html", context, status=status)


def too_many_collections() -> str:
    said = _("There are %(most)s collections already, as many as one owner can have; delete one.")
    return said % {"most": MOST_PER_OWNER}


def too_many_models() -> str:
    said = _("This collection holds %(most)s models, as many as one can; take one out first.")
    return said % {"most": MOST_MODELS}
