"""The admin's doors: all lead to those of everybody, so that limits and second factors hold."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from . import second_factor


class StaffSite(AdminSite):
    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and second_factor.is_proven(request)

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Where whoever may not come in is led: to sign in, to a second factor, or away."""
        wanted = _wanted(request)
        if not request.user.is_authenticated:
            return redirect_to_login(wanted, login_url=reverse("login"))
        if not request.user.is_staff:
            raise PermissionDenied
        if not self.has_permission(request):
            said = _("The admin asks for a second factor: set one up, then it opens.")
            messages.error(request, said)
            return redirect("mfa_index")
        return redirect(wanted)

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        from . import views  # noqa: PLC0415 - 5 MB that workers, which have the admin, never show

        return views.sign_out(request)

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("account_change_password")


def _wanted(request: HttpRequest) -> str:
    """Never to another host."""
    sent = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(sent, allowed_hosts=None)
    return sent if is_ours else reverse("admin:index")
