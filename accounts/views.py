"""Signing in and out, by Django's own accounts and sessions, and the page of one's tokens."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from . import pages
from . import tokens as written
from .forms import SignInForm, TokenForm
from .models import Token

# Where `next` leads is checked by Django: never to another host.
login = LoginView.as_view(
    template_name="accounts/login.html",
    authentication_form=SignInForm,
    redirect_authenticated_user=True,
)
# Answers POST only.
logout = LogoutView.as_view()


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """A new token is in the answer to the POST alone: nothing keeps it to show it again."""
    if request.method != "POST":
        return _page(request, TokenForm())
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=400)
    wanted = form.cleaned_data
    try:
        token, text = written.make(
            request.user,  # type: ignore[arg-type]
            name=wanted["name"],
            scopes=sorted(wanted["scopes"]),
            days=int(wanted["days"]) or None,
        )
    except written.TooMany:
        form.add_error(
            None,
            _("You have %(most)s tokens, as many as one can have; revoke one first.")
            % {"most": written.MOST_PER_PERSON},
        )
        return _page(request, form, status=400)
    return _page(request, TokenForm(), made=token, text=text)


@login_required
@require_POST
def revoke_token(request: HttpRequest, pk: int) -> HttpResponse:
    token = get_object_or_404(Token, pk=pk, user=request.user)
    written.revoke(token)
    said = _("“%(name)s” is revoked: it opens nothing any more.")
    messages.success(request, said % {"name": token.name})
    return redirect("tokens")


def _page(request: HttpRequest, form: TokenForm, *, status: int = 200, **made: Any) -> HttpResponse:
    rows = pages.rows(request.user)  # type: ignore[arg-type]
    context = {"form": form, "rows": rows, "origin": settings.PUBLIC_URL, **made}
    return render(request, "accounts/tokens.html", context, status=status)
