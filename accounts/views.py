"""The pages of an account that are our own; those of signing in are django-allauth's."""

from allauth.account import views as allauth
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from . import actions, browsers
from . import sessions as keeping
from .forms import ProfileForm
from .models import User

# Answers POST only: nobody is signed out by a picture in somebody's page.
sign_out = require_POST(allauth.logout)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    form = ProfileForm(request.POST or None, initial={"name": user.get_full_name()})
    if request.method == "POST" and form.is_valid():
        actions.rename(user, name=form.cleaned_data["name"])
        messages.success(request, _("Saved."))
        return redirect("profile")
    return render(request, "accounts/profile.html", {"form": form})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """POST ends all but this one."""
    user: User = request.user  # type: ignore[assignment]
    this = keeping.key_of(request)
    if request.method == "POST":
        keeping.end_others(user, but=this)
        messages.success(request, _("All your other sessions have ended."))
        return redirect("usersessions_list")
    rows = [
        {"row": one, "browser": browsers.named(one.user_agent), "is_this": one.session_key == this}
        for one in keeping.open_ones(user)
    ]
    return render(request, "accounts/sessions.html", {"sessions": rows})


@login_required
@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    session = get_object_or_404(UserSession, pk=pk, user=request.user)
    if session.session_key == keeping.key_of(request):
        return sign_out(request)  # type: ignore[no-any-return]
    keeping.end(session.user, [session.session_key])
    messages.success(request, _("The session has ended."))
    return redirect("usersessions_list")
