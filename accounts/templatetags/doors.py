"""What the pages of signing in say depends on what this installation can do."""

from typing import Any

from allauth.socialaccount.adapter import get_adapter
from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def sends_mail() -> bool:
    return bool(settings.EMAIL_URL)


@register.simple_tag
def sign_up_is_open() -> bool:
    return bool(settings.SIGN_UP == "open")


@register.inclusion_tag("accounts/services.html", takes_context=True)
def services(context: dict[str, Any], process: str) -> dict[str, Any]:
    """Buttons of the services that are set up: to "login" by, or to "connect"."""
    request = context["request"]
    providers = get_adapter().list_providers(request)
    links = [
        {"name": one.name, "url": one.get_login_url(request, process=process)} for one in providers
    ]
    return {
        "links": links,
        "process": process,
        "next": request.GET.get("next", ""),
        "csrf_token": context["csrf_token"],
    }


def has_services() -> bool:
    return any(one.get("APPS") for one in settings.SOCIALACCOUNT_PROVIDERS.values())
