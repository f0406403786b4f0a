"""The pages of webhooks. What is shown belongs to its owner; for anybody else it does not exist."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

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
    page = pages.one(_owned(request, pk))
    return render(request, "webhooks/one.html", {"page": page, "delivery": page.row.delivery})


@login_required
@require_POST
def send_again(request: HttpRequest, pk: str) -> HttpResponse:
    delivery = _owned(request, pk)
    if not delivery.body:
        messages.error(request, _("It cannot be sent again: the data of its prediction is gone."))
    elif actions.send_again(delivery):
        messages.success(request, _("It is sent again; reload to see what came of it."))
    else:
        messages.error(request, _("It is on its way already; reload to see what came of it."))
    return redirect(delivery)


@login_required
@require_POST
def send_test(request: HttpRequest) -> HttpResponse:
    form = TestForm(request.POST)
    if not form.is_valid():
        return _list(request, form, status=400)
    try:
        made = actions.send_test(request.user, form.cleaned_data["url"])  # type: ignore[arg-type]
    except actions.TestsWaiting:
        form.add_error("url", _("Tests are on their way already; wait for what comes of them."))
        return _list(request, form, status=400)
    messages.success(request, _("The test is on its way; reload to see what came of it."))
    return redirect(made)


@login_required
@require_POST
def renew_secret(request: HttpRequest) -> HttpResponse:
    keys.renew(request.user)  # type: ignore[arg-type]
    said = _("The secret is another now; for a day calls are signed with the one before too.")
    messages.success(request, said)
    return redirect("webhook_deliveries")


def _owned(request: HttpRequest, pk: str) -> Delivery:
    return get_object_or_404(Delivery.objects.visible_to(request.user), pk=pk)


def _list(request: HttpRequest, form: TestForm, *, status: int = 200) -> HttpResponse:
    asked = ListForm(request.GET)
    asked.is_valid()
    wanted = asked.cleaned_data
    page = pages.listing(
        request.user,  # type: ignore[arg-type]
        status=wanted.get("status") or "",
        prediction=wanted.get("prediction") or "",
        page=wanted.get("page") or 1,
    )
    return render(request, "webhooks/list.html", {"page": page, "form": form}, status=status)
