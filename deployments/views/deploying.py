"""Deploying a model, and changing what runs: forms, the look ahead, and what was pressed."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts import reach
from accounts.models import Role, User
from catalog.models import AIModel
from catalog.views.ai_models import find, to_canonical
from deployments import actions, hardware
from deployments.forms import ChangeForm, DeployForm, HandOverForm, settings_of
from deployments.models import Deployment, Hardware, Offer
from deployments.pages import frame, looking_ahead, runnable
from deployments.views.found import change_of_a_deployment, page_of_who_may_change
from deployments.wishes import Refused

USUAL = {"min_instances": 0, "max_instances": 1, "idle_minutes": 15}


@never_cache
@login_required
def deploy(request: HttpRequest, owner: str, name: str) -> HttpResponse:
    ai_model = find(owner, name)
    if (ai_model.publisher.slug, ai_model.name) != (owner, name):
        return to_canonical(request, ai_model, "deploy")
    versions = runnable.versions(ai_model)
    newest = versions.first()
    if newest is None:
        return redirect("model_run", owner, name)  # which says why it cannot
    hardware.ensure()
    if request.method == "POST" and "look" not in request.POST:
        return _deploy(request, ai_model, _deploy_form(request, versions, request.POST))
    begin = {**USUAL, **_beginning(request, ai_model), "version": newest.pk}
    looked = _deploy_form(request, versions, request.POST) if request.method == "POST" else None
    form = looked or _deploy_form(request, versions, initial=begin)
    return _deploy_page(request, ai_model, form)


def _deploy_form(
    request: HttpRequest, versions: Any, posted: Any = None, **begin: Any
) -> DeployForm:
    owners = reach.owners(_user(request), Role.DEVELOPER)
    return DeployForm(posted, versions=versions, owners=owners, **begin)


def _deploy(request: HttpRequest, ai_model: AIModel, form: DeployForm) -> HttpResponse:
    if not form.is_valid():
        return _deploy_page(request, ai_model, form, status=400)
    try:
        made = actions.deploy(by=_user(request), ai_model=ai_model, **form.wishes())
    except Refused as refused:
        form.refuse(refused)
        return _deploy_page(request, ai_model, form, status=400)
    return redirect(made)


def _deploy_page(
    request: HttpRequest, ai_model: AIModel, form: DeployForm, status: int = 200
) -> HttpResponse:
    context = {"ai_model": ai_model, "form": form, "ahead": looking_ahead.of(form, request.POST)}
    return render(request, "deployments/deploy.html", context, status=status)


def _beginning(request: HttpRequest, ai_model: AIModel) -> dict[str, Any]:
    """A name that is free, and the least hardware that is enough."""
    newest = runnable.versions(ai_model).first()
    smallest = hardware.smallest_for(newest.bundle) if newest else None
    asked = request.GET.get("owner", "")
    owners = reach.owners(_user(request), Role.DEVELOPER)
    owner = next((one for one in owners if one.get_username() == asked), owners[0])
    return {
        "owner": owner.pk,
        "name": looking_ahead.free_name(owner, ai_model),
        "hardware": smallest.pk if smallest else None,
    }


@page_of_who_may_change
def deployment_settings(request: HttpRequest, deployment: Deployment) -> HttpResponse:
    return settings_page(request, deployment, _form(deployment))


@change_of_a_deployment
def change_deployment(request: HttpRequest, deployment: Deployment) -> HttpResponse:
    form = _form(deployment, request.POST)
    if "look" in request.POST:
        return settings_page(request, deployment, form)
    if not form.is_valid():
        return settings_page(request, deployment, form, status=400)
    wishes = form.wishes()
    if "idle_minutes" not in form.changed_data:
        del wishes["idle_seconds"]  # it may be finer than minutes
    before = deployment.release_wanted_id
    try:
        release = actions.update(deployment, by=_user(request), **wishes)
    except Refused as refused:
        form.refuse(refused)
        return settings_page(request, deployment, form, status=400)
    if release.pk == before:
        messages.success(request, _("Kept."))
    else:
        said = _("Release %(number)s is on its way; the one before answers until it is ready.")
        messages.success(request, said % {"number": release.number})
    return redirect(deployment)


@change_of_a_deployment
def stop_deployment(request: HttpRequest, deployment: Deployment) -> HttpResponse:
    return _done(request, deployment, actions.stop)


@change_of_a_deployment
def start_deployment(request: HttpRequest, deployment: Deployment) -> HttpResponse:
    return _done(request, deployment, actions.start)


@change_of_a_deployment
def delete_deployment(request: HttpRequest, deployment: Deployment) -> HttpResponse:
    actions.delete(deployment, by=_user(request))
    said = _("%(name)s is deleted; what runs of it is being stopped.")
    messages.success(request, said % {"name": deployment.name})
    return redirect("deployments")


@change_of_a_deployment
def roll_back(request: HttpRequest, deployment: Deployment, number: int) -> HttpResponse:
    try:
        release = actions.roll_back(deployment, by=_user(request), number=number)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        said = _("Release %(new)s is as release %(old)s was, and is on its way.")
        messages.success(request, said % {"new": release.number, "old": number})
    return redirect(deployment)


def _done(request: HttpRequest, deployment: Deployment, act: Callable[..., None]) -> HttpResponse:
    try:
        act(deployment, by=_user(request))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(deployment)


def _form(deployment: Deployment, posted: Any = None) -> ChangeForm:
    release = deployment.release_wanted
    begin = settings_of(deployment, release) if release else USUAL
    versions = runnable.versions(deployment.ai_model)
    form = ChangeForm(posted, initial=begin, versions=versions)
    if release:  # what it has may be offered no more, and may stay
        offered = Hardware.objects.filter(is_enabled=True) | Hardware.objects.filter(
            pk=release.hardware_id
        )
        form.fields["hardware"].queryset = offered  # type: ignore[attr-defined]
    return form


def settings_page(
    request: HttpRequest,
    deployment: Deployment,
    form: ChangeForm | None = None,
    status: int = 200,
    handing: HandOverForm | None = None,
) -> HttpResponse:
    form = form or _form(deployment)
    user = _user(request)
    owners = reach.owners(user, Role.DEVELOPER)
    context = {
        "frame": frame.of(user, deployment, "deployment_settings"),
        "form": form,
        "ahead": looking_ahead.of(form, {} if handing else request.POST),
        "may_hand_over": reach.may(user, deployment.owner, Role.ADMIN),
        "handing": handing or HandOverForm(),
        "receivers": [one for one in owners if one != deployment.owner],
        "offer": Offer.objects.open().filter(deployment=deployment).select_related("to").first(),
    }
    status = 400 if handing else status
    return render(request, "deployments/settings.html", context, status=status)


def _user(request: HttpRequest) -> User:
    user: Any = request.user
    return user  # type: ignore[no-any-return]
