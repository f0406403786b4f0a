"""Handing a deployment over, and taking or leaving what somebody offers."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import reach
from accounts.models import Role, User
from deployments import moves
from deployments.forms import HandOverForm
from deployments.models import Deployment, Offer
from deployments.views.deploying import settings_page
from deployments.views.found import change_of_a_deployment
from deployments.wishes import Refused


@change_of_a_deployment
def hand_over_deployment(request: HttpRequest, deployment: Deployment) -> HttpResponse:
    reach.require(request.user, deployment.owner, Role.ADMIN)
    form = HandOverForm(request.POST)
    if not form.is_valid():
        return settings_page(request, deployment, handing=form)
    try:
        done = moves.hand_over(deployment, form.cleaned_data["to"], by=_user(request))
    except Refused as refused:
        form.add_error("to", str(refused))
        return settings_page(request, deployment, handing=form)
    if isinstance(done, Deployment):
        said = _("It belongs to %(owner)s now. Tell programs its new address.")
        messages.success(request, said % {"owner": done.owner})
        return redirect(done)
    said = _("It is offered to %(name)s, who has a week to take it on the page of deployments.")
    messages.success(request, said % {"name": done.to})
    return redirect("deployment_settings", deployment.owner.get_username(), deployment.name)


@change_of_a_deployment
def take_back_offer(request: HttpRequest, deployment: Deployment) -> HttpResponse:
    reach.require(request.user, deployment.owner, Role.ADMIN)
    for offer in Offer.objects.filter(deployment=deployment).select_related("to"):
        moves.end_offer(offer)
    messages.success(request, _("The offer is taken back."))
    return redirect("deployment_settings", deployment.owner.get_username(), deployment.name)


@login_required
@require_POST
def take_offer(request: HttpRequest, pk: int) -> HttpResponse:
    offer = _offer(request, pk)
    try:
        taken = moves.take(offer, _user(request))
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("deployments")
    said = _("%(name)s is yours now: what it costs from here on is yours too.")
    messages.success(request, said % {"name": taken.name})
    return redirect(taken)


@login_required
@require_POST
def decline_offer(request: HttpRequest, pk: int) -> HttpResponse:
    moves.end_offer(_offer(request, pk))
    messages.success(request, _("It stays where it is."))
    return redirect("deployments")


def _offer(request: HttpRequest, pk: int) -> Offer:
    rows = Offer.objects.open().filter(to=_user(request))
    return get_object_or_404(rows.select_related("deployment__owner", "to"), pk=pk)


def _user(request: HttpRequest) -> User:
    user: Any = request.user
    return user  # type: ignore[no-any-return]
