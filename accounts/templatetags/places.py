"""The navigation beside the pages of an account."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .doors import has_services

register = template.Library()

# Address, and what it is called; a place is the current one on its pages below too.
PLACES = (
    ("profile", _("Profile")),
    ("account_email", _("E-mail addresses")),
    ("account_change_password", _("Password")),
    ("mfa_index", _("Second factor")),
    ("socialaccount_connections", _("Other services")),
    ("usersessions_list", _("Sessions")),
    ("organizations", _("Organisations")),
    ("tokens", _("Tokens")),
    ("budgets", _("Budgets")),
    ("webhook_deliveries", _("Webhooks")),
    ("saved_searches", _("Saved searches")),
    ("likes", _("Likes")),
    ("following", _("Following")),
    ("own_collections", _("Collections")),
)


@register.inclusion_tag("accounts/places.html", takes_context=True)
def account_places(context: dict[str, Any]) -> dict[str, Any]:
    path = context["request"].path
    if path.startswith("/organizations/"):
        path = reverse("organizations")
    hidden = set() if has_services() else {"socialaccount_connections"}
    places = [(reverse(name), label) for name, label in PLACES if name not in hidden]
    fitting = [url for url, _label in places if path == url or path.startswith(f"{url}/")]
    return {"places": places, "current": max(fitting, key=len, default="")}
