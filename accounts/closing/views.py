"""The pages that close an account and an organisation: what would happen first, then it does."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import reach
from accounts.models import Role, User
from accounts.organizations.views import of_admins

from . import actions
from .forms import ClosingForm

GET_AND_POST = ["GET", "HEAD", "POST"]


@never_cache
@login_required
@reauthentication_required  # type: ignore[untyped-decorator]
@require_http_methods(GET_AND_POST)
def close_account(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    receivers = [one for one in reach.owners(user, Role.DEVELOPER) if one.is_organization]
    form = ClosingForm(request.POST or None, owner=user, receivers=receivers)
    if request.method != "POST" or not form.is_valid():
        return _page(request, user, form)
    try:
        actions.close(user, hand_over_to=form.chosen)
    except actions.StillNeeded:
        return _page(request, user, form)
    logout(request)
    return render(request, "closing/done.html", {"name": user.get_username()})


@of_admins
@reauthentication_required  # type: ignore[untyped-decorator]
@require_http_methods(GET_AND_POST)
def close_organization(request: HttpRequest, organization: User) -> HttpResponse:
    user: Any = request.user
    receivers = [one for one in reach.owners(user, Role.DEVELOPER) if one != organization]
    form = ClosingForm(request.POST or None, owner=organization, receivers=receivers)
    if request.method != "POST" or not form.is_valid():
        return _page(request, organization, form)
    actions.close(organization, hand_over_to=form.chosen)
    said = _("%(name)s is closed; what it had is being stopped and cleared away.")
    messages.success(request, said % {"name": organization})
    return redirect("organizations")


def _page(request: HttpRequest, owner: User, form: ClosingForm) -> HttpResponse:
    lines = actions.told(owner)
    context = {
        "owner": owner,
        "form": form,
        "kept": [line.text for line in lines if line.is_kept],
        "deleted": [line.text for line in lines if not line.is_kept],
        "still_needed": actions.still_needed(owner),
        "is_last_administrator": actions.is_last_administrator(owner),
        "has_receivers": bool(form.receivers),
    }
    status = 400 if form.is_bound else 200
    return render(request, "closing/close.html", context, status=status)
