"""Predictions: the list of one's own, and what became of one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import reach
from deployments.models import Prediction
from deployments.pages import answers, listing, owners
from deployments.predictions import actions


@never_cache
@login_required
@require_safe
def predictions(request: HttpRequest) -> HttpResponse:
    choice = owners.choice(request)
    found = owners.narrowed(Prediction.objects.visible_to(request.user), choice)
    asked = request.GET.get("status", "")
    if asked in Prediction.Status.values:
        found = found.filter(status=asked)
    related = found.select_related("ai_model__publisher", "deployment", "owner")
    thin = related.defer("output", "logs", "error", "metrics")
    shown, pages = listing.paged(request, thin)
    context = {
        "rows": answers.rows(shown),
        "pages": pages,
        "asked": asked,
        "statuses": listing.ways(request, "status", Prediction.Status.choices),
        "owners": choice,
    }
    return render(request, "deployments/predictions.html", context)


@never_cache
@login_required
@require_safe
def prediction(request: HttpRequest, prediction_id: str) -> HttpResponse:
    found = owned(request, prediction_id)
    context = {
        "answer": answers.answer(found, request),
        "inputs": answers.inputs(found),
        "asked_by": found.created_by,
        "json_url": reverse("v1:prediction", args=[found.pk]),
        **answers.links(found, request.user),
    }
    return render(request, "deployments/prediction.html", context)


@never_cache
@login_required
@require_safe
def prediction_part(request: HttpRequest, prediction_id: str) -> HttpResponse:
    """What of the page changes while somebody looks at it."""
    context = {"answer": answers.answer(owned(request, prediction_id), request)}
    return render(request, "deployments/answer.html", context)


@login_required
@require_POST
def cancel_prediction(request: HttpRequest, prediction_id: str) -> HttpResponse:
    asked = owned(request, prediction_id)
    reach.require(request.user, asked.owner)
    found = actions.cancel(asked)
    if not found.is_finished:
        messages.success(request, _("It is being cancelled."))
    return redirect(found)


def owned(request: HttpRequest, prediction_id: str) -> Prediction:
    visible = Prediction.objects.visible_to(request.user)
    related = visible.select_related(*answers.KNOWN, *answers.OF_DEPLOYMENT)
    return get_object_or_404(related, pk=prediction_id)
