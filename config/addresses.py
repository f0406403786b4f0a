"""The address that a request comes from."""

from django.http import HttpRequest


def of(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))
