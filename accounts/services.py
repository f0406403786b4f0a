"""Coming in by GitHub, Google or any OpenID provider, and how these are asked: never inward."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import requests
import structlog
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, _build_apps_from_settings
from allauth.socialaccount.models import SocialApp
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from config import outbound

log = structlog.get_logger(__name__)
MOST_BYTES = 1_000_000
Respond = Callable[..., HttpResponse]


class ServicesAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    def list_apps(
        self, request: HttpRequest | None, provider: str | None = None, client_id: Any = None
    ) -> list[SocialApp]:
        """Those of the settings; none are kept in the database, where secrets would lie open."""
        found = _build_apps_from_settings(provider=provider, client_id=client_id)
        return [app for apps in found.values() for app in apps]

    def get_requests_session(self) -> requests.Session:
        session = requests.Session()
        session.trust_env = False
        for scheme in ("https://", "http://"):
            session.mount(scheme, SafeDoor())
        return session


class SafeDoor(BaseAdapter):
    """requests' calls by config/outbound.py. A provider names the addresses of its parts itself."""

    def send(self, request: Any, *args: Any, **options: Any) -> requests.Response:
        body = request.body.encode() if isinstance(request.body, str) else request.body
        named = urlsplit(settings.OPENID_SERVER_URL).hostname
        try:
            fetched = outbound.fetch(
                request.url,
                method=request.method,
                body=body,
                headers={**request.headers, "Accept-Encoding": "identity"},
                most_bytes=MOST_BYTES,
                also={named} if named else (),
            )
        except (outbound.Refused, outbound.Failed) as error:
            raise requests.ConnectionError(str(error), request=request) from error
        if 300 <= fetched.status < 400:
            raise requests.TooManyRedirects("It leads elsewhere.", request=request)
        return _response(request, fetched)

    def close(self) -> None:
        """Nothing is kept open."""


def guarded(view: Respond) -> Respond:
    """A service that is not set up is not there, and one that fails is told as that."""

    def respond(request: HttpRequest, **names: str) -> HttpResponse:
        try:
            response = view(request, **names)
        except SocialApp.DoesNotExist as error:
            raise Http404 from error
        except (requests.RequestException, ValueError, KeyError, TypeError) as error:
            log.warning("a service to sign in by failed", error=repr(error)[:200])
            said = _("The other service did not answer as it should. Try again in a few minutes.")
            messages.error(request, said)
            return redirect("login")
        return _leading(request, response)

    return respond


def _leading(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """By a page of ours: browsers let no form lead to another site, whatever it answers."""
    url = response.get("Location", "")
    if request.method != "POST" or not urlsplit(url).netloc:
        return response
    told = {"url": url, "host": urlsplit(url).netloc}
    return render(request, "accounts/leave.html", told, status=HTTPStatus.OK)


def _response(request: Any, fetched: outbound.Fetched) -> requests.Response:
    response = requests.Response()
    response.status_code = fetched.status
    response._content = fetched.body
    response.headers = CaseInsensitiveDict({"Content-Type": fetched.content_type})
    response.encoding = "utf-8"
    response.url, response.request = request.url, request
    return response
