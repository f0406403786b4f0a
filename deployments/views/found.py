"""Finding what a page is about: what one may see, or nothing at all."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import reach
from deployments import moves
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
        if found is None:
            return _moved(request, owner, name)
        if is_change:
            reach.require(request.user, found.owner)
        return view(request, found, **more)

    return respond


def find(request: HttpRequest, owner: str, name: str) -> Deployment | None:
    visible = Deployment.objects.visible_to(request.user).select_related(*frame.rows())
    return visible.filter(owner__username=owner, name=name).first()


def _moved(request: HttpRequest, owner: str, name: str) -> HttpResponseBase:
    """The same page where it is now, when it was handed over. Raises Http404."""
    found = moves.new_address(owner, name, request.user)
    match = request.resolver_match
    if found is None or match is None or request.method not in ("GET", "HEAD"):
        raise Http404
    names = {"owner": found.owner.get_username(), "name": found.name}
    query = request.META["QUERY_STRING"]
    path = reverse(match.view_name, kwargs={**match.kwargs, **names})
    return redirect(f"{path}?{query}" if query else path)
