"""The pages of webhooks: one's own, and those of organisations; nobody else sees them."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import reach
from accounts.models import User
from deployments.models import Delivery

from . import actions, keys, pages
from .forms import ListForm, TestForm


@never_cache
@login_required
@require_safe
def deliveries(request: HttpRequest) -> HttpResponse:
    return _list(request, TestForm())


@never_cache
@login_required
@require_safe
def delivery(request: HttpRequest, pk: str) -> HttpResponse:
    user: Any = request.user
    page = pages.one(user, _owned(request, pk))
    return render(request, "webhooks/one.html", {"page": page, "delivery": page.row.delivery})


@login_required
@require_POST
def send_again(request: HttpRequest, pk: str) -> HttpResponse:
    delivery = _owned(request, pk)
    reach.require(request.user, delivery.owner)
    try:
        is_asked = actions.send_again(delivery)
    except actions.BodyGone:
        messages.error(request, _("It cannot be sent again: the data of its prediction is gone."))
        return redirect(delivery)
    if is_asked:
        messages.success(request, _("It is sent again; reload to see what came of it."))
    else:
        messages.error(request, _("It is on its way already; reload to see what came of it."))
    return redirect(delivery)


@login_required
@require_POST
def send_test(request: HttpRequest) -> HttpResponse:
    owner = _owner(request, request.POST.get("owner", ""))
    reach.require(request.user, owner)
    form = TestForm(request.POST)
    if not form.is_valid():
        return _list(request, form, status=400)
    try:
        made = actions.send_test(owner, form.cleaned_data["url"])
    except actions.TestsWaiting:
        form.add_error("url", _("Tests are on their way already; wait for what comes of them."))
        return _list(request, form, status=400)
    messages.success(request, _("The test is on its way; reload to see what came of it."))
    return redirect(made)


@login_required
@require_POST
def renew_secret(request: HttpRequest) -> HttpResponse:
    owner = _owner(request, request.POST.get("owner", ""))
    reach.require(request.user, owner)
    keys.renew(owner)
    said = _("The secret is another now; for a day calls are signed with the one before too.")
    messages.success(request, said)
    query = "" if owner == request.user else f"?owner={owner.get_username()}"
    return redirect(f"{reverse('webhook_deliveries')}{query}")


def _owner(request: HttpRequest, name: str) -> User:
    """Oneself, or the organisation of this name in which one is. Raises Http404."""
    user: Any = request.user
    owners = {owner.get_username(): owner for owner in reach.owners(user)}
    if name and name not in owners:
        raise Http404
    return owners[name] if name else user


def _owned(request: HttpRequest, pk: str) -> Delivery:
    visible = Delivery.objects.visible_to(request.user).select_related("owner")
    return get_object_or_404(visible, pk=pk)


def _list(request: HttpRequest, form: TestForm, *, status: int = 200) -> HttpResponse:
    asked = ListForm(request.GET)
    asked.is_valid()
    wanted = asked.cleaned_data
    user: Any = request.user
    page = pages.listing(
        user,
        _owner(request, request.POST.get("owner") or wanted.get("owner") or ""),
        status=wanted.get("status") or "",
        prediction=wanted.get("prediction") or "",
        page=wanted.get("page") or 1,
    )
    return render(request, "webhooks/list.html", {"page": page, "form": form}, status=status)
