"""Finding what a page is about: what one may see, or nothing at all."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import reach
from deployments.models import Deployment
from deployments.pages import frame

View = Callable[..., HttpResponseBase]


def page_of_a_deployment(page: View) -> View:
    """The page gets the deployment; for a stranger there is none."""
    return never_cache(login_required(require_safe(_with_deployment(page))))


def page_of_who_may_change(page: View) -> View:
    return never_cache(login_required(require_safe(_with_deployment(page, is_change=True))))


def change_of_a_deployment(change: View) -> View:
    return never_cache(login_required(require_POST(_with_deployment(change, is_change=True))))


def _with_deployment(view: View, *, is_change: bool = False) -> View:
    @wraps(view)
    def respond(request: HttpRequest, owner: str, name: str, **more: Any) -> HttpResponseBase:
        found = find(request, owner, name)
        if is_change:
            reach.require(request.user, found.owner)
        return view(request, found, **more)

    return respond


def find(request: HttpRequest, owner: str, name: str) -> Deployment:
    visible = Deployment.objects.visible_to(request.user).select_related(*frame.rows())
    return get_object_or_404(visible, owner__username=owner, name=name)
