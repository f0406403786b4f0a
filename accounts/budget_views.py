"""The pages of budgets: one's own, an organisation's, and those of a token."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from . import budget_pages, budgets, reach
from .budget_forms import BudgetForm
from .models import Role, Token, User
from .token_views import managed, token_page

Context = dict[str, Any]


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def own_budgets(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    return _page(request, user, reverse("budgets"))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def organization_budgets(request: HttpRequest, name: str) -> HttpResponse:
    """Its members see what holds them all."""
    least = Role.ADMIN if request.method == "POST" else Role.VIEWER
    organization = managed(request, name, least)
    address = reverse("organization_budgets", args=[name])
    is_fixed = not reach.may(request.user, organization, Role.ADMIN)
    return _page(request, organization, address, organization=organization, is_fixed=is_fixed)


@never_cache
@login_required
@require_POST
def token_budgets(request: HttpRequest, pk: int) -> HttpResponse:
    user: Any = request.user
    rows = Token.objects.select_related("organization", "user")
    found = get_object_or_404(rows, pk=pk, user=user)
    form = BudgetForm(found, request.POST)
    if not form.is_valid():
        return token_page(request, found, budget_form=form, status=400)
    _save(request, found, form)
    return redirect(f"{reverse('token', args=[found.pk])}#budgets")


def _page(request: HttpRequest, owner: User, address: str, **more: Any) -> HttpResponse:
    form = BudgetForm(owner, request.POST) if request.method == "POST" else BudgetForm(owner)
    if request.method == "POST" and form.is_valid():
        _save(request, owner, form)
        return redirect(address)
    context = {"form": form, "bars": budget_pages.bars(owner), "address": address, **more}
    status = 400 if form.errors else 200
    return render(request, "accounts/budgets.html", context, status=status)


def _save(request: HttpRequest, subject: Token | User, form: BudgetForm) -> None:
    budgets.set_for(subject, form.wanted)
    messages.success(request, _("The budgets are saved, and hold from the next request on."))
