"""The pages of one's tokens, and of those that are limited to an organisation."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.api.problems import LimitReached

from . import budget_pages, pages, reach
from . import tokens as written
from .budget_forms import BudgetForm
from .models import Role, Token, User
from .token_forms import RotationForm, TokenForm


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """A new token is in the answer to the POST alone: nothing keeps it to show it again."""
    user: User = request.user  # type: ignore[assignment]
    if request.method != "POST":
        return _list(request, TokenForm(user))
    form = TokenForm(user, request.POST)
    made = _made(user, form) if form.is_valid() else None
    if made is None:
        return _list(request, form, status=400)
    return _list(request, TokenForm(user), made=made[0], text=made[1])


@never_cache
@login_required
@require_safe
def token(request: HttpRequest, pk: int) -> HttpResponse:
    return token_page(request, _mine(request, pk))


@never_cache
@login_required
@require_POST
def rotate_token(request: HttpRequest, pk: int) -> HttpResponse:
    """As a new one, its other text is in this answer alone."""
    found = _mine(request, pk)
    form = RotationForm(request.POST)
    if not form.is_valid():
        return token_page(request, found, form, status=400)
    try:
        text = written.rotate(found, overlap=timedelta(hours=int(form.cleaned_data["hours"])))
    except written.Ended:
        messages.error(
            request, _("It opens nothing any more, and cannot be rotated; make a new one.")
        )
        return redirect("token", found.pk)
    except LimitReached as error:
        form.add_error(None, str(error.detail))
        return token_page(request, found, form, status=429)
    return token_page(request, _mine(request, pk), text=text)


@login_required
@require_POST
def end_earlier_text(request: HttpRequest, pk: int) -> HttpResponse:
    found = _mine(request, pk)
    written.end_earlier(found)
    messages.success(request, _("Its earlier text opens nothing any more."))
    return redirect("token", found.pk)


@login_required
@require_POST
def revoke_token(request: HttpRequest, pk: int) -> HttpResponse:
    """One's own, or one that is limited to an organisation of which one is an admin."""
    found = get_object_or_404(Token.objects.revocable_by(request.user), pk=pk)
    written.revoke(found)
    said = _("“%(name)s” is revoked: it opens nothing any more.")
    messages.success(request, said % {"name": found.name})
    if found.user_id != request.user.pk and found.organization:
        return redirect("organization_tokens", found.organization.get_username())
    return redirect("tokens")


@never_cache
@login_required
@require_safe
def organization_tokens(request: HttpRequest, name: str) -> HttpResponse:
    organization = managed(request, name)
    rows = pages.rows_of(organization)
    context = {"organization": organization, "rows": rows}
    return render(request, "accounts/organization_tokens.html", context)


def managed(request: HttpRequest, name: str, least: Role = Role.ADMIN) -> User:
    """An organisation of which the reader is an admin, or `least`.

    Raises Http404, or PermissionDenied.
    """
    visible = User.objects.organizations().filter(reach.owned_by(request.user, "pk"))
    organization = get_object_or_404(visible, username=name)
    reach.require(request.user, organization, least)
    return organization


def _mine(request: HttpRequest, pk: int) -> Token:
    user: Any = request.user
    rows = Token.objects.select_related("organization", "user").filter(user=user)
    return get_object_or_404(rows, pk=pk)


def _made(user: User, form: TokenForm) -> tuple[Token, str] | None:
    """None when it may not be; then the form says why."""
    wanted = form.cleaned_data
    try:
        return written.make(
            user,
            name=wanted["name"],
            scopes=sorted(wanted["scopes"]),
            days=int(wanted["days"]) or None,
            organization=wanted["organization"],
            deployment=wanted["deployment"],
        )
    except written.TooMany:
        sentence = _("You have %(most)s tokens, as many as one can have; revoke one first.")
        form.add_error(None, sentence % {"most": written.MOST_PER_PERSON})
    except written.NotAllowed as error:
        form.add_error(None, str(error))
    except LimitReached as error:
        form.add_error(None, str(error.detail))
    return None


def _list(request: HttpRequest, form: TokenForm, *, status: int = 200, **made: Any) -> HttpResponse:
    rows = pages.rows(request.user)  # type: ignore[arg-type]
    context = {"form": form, "rows": rows, "origin": settings.PUBLIC_URL, **made}
    return render(request, "accounts/tokens.html", context, status=status)


def token_page(
    request: HttpRequest,
    token: Token,
    form: RotationForm | None = None,
    *,
    budget_form: BudgetForm | None = None,
    text: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "row": pages.row(token),
        "form": form or RotationForm(),
        "bars": budget_pages.bars(token),
        "budget_form": budget_form or BudgetForm(token),
        "text": text,
        "origin": settings.PUBLIC_URL,
    }
    return render(request, "accounts/token.html", context, status=status)
