"""Finding what a page is about: one's own, or nothing at all."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from deployments.models import Deployment
from deployments.pages import frame

View = Callable[..., HttpResponseBase]


def page_of_a_deployment(page: View) -> View:
    """The page gets the deployment; for a stranger there is none."""
    return never_cache(login_required(require_safe(_with_deployment(page))))


def change_of_a_deployment(change: View) -> View:
    return never_cache(login_required(require_POST(_with_deployment(change))))


def _with_deployment(view: View) -> View:
    @wraps(view)
    def respond(request: HttpRequest, owner: str, name: str, **more: Any) -> HttpResponseBase:
        return view(request, find(request, owner, name), **more)

    return respond


def find(request: HttpRequest, owner: str, name: str) -> Deployment:
    visible = Deployment.objects.visible_to(request.user).select_related(*frame.rows())
    return get_object_or_404(visible, owner__username=owner, name=name)
