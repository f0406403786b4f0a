"""What every answer tells browsers to refuse.

Scripts and styles run when they bear the nonce of the very answer that they stand in: nothing that
somebody wrote or uploaded can bear it, wherever it lies. See docs/security.md, "Pages".
"""

import secrets
from collections.abc import Callable, Iterator

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponseBase

Respond = Callable[[HttpRequest], HttpResponseBase]
Header = tuple[str, str]

NO_PAGE = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
PAGE = "; ".join(
    [
        "default-src 'none'",
        "script-src {scripts}",
        "style-src {styles}",
        "img-src 'self' data:",
        "media-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
NOT_NEEDED = (
    *("accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "geolocation"),
    *("gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer", "microphone", "midi"),
    *("payment", "picture-in-picture", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking"),
)
PASSKEYS = ("publickey-credentials-create", "publickey-credentials-get")
PERMISSIONS = ", ".join(
    [*(f"{name}=()" for name in NOT_NEEDED), *(f"{name}=(self)" for name in PASSKEYS)]
)


def headers(get_response: Respond) -> Respond:
    """Stands before all that may answer, so that no answer is without."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        request.csp_nonce = nonce = secrets.token_urlsafe(16)  # type: ignore[attr-defined]
        response = get_response(request)
        for name, value in _wanted(request, response, nonce):
            response.headers.setdefault(name, value)
        return response

    return respond


def _wanted(request: HttpRequest, response: HttpResponseBase, nonce: str) -> Iterator[Header]:
    is_page = response.get("Content-Type", "").startswith("text/html")
    is_page = is_page and response.status_code != 204
    yield "Content-Security-Policy", _policy(request, nonce) if is_page else NO_PAGE
    yield "Permissions-Policy", PERMISSIONS
    yield "X-Content-Type-Options", "nosniff"
    yield "X-Frame-Options", "DENY"
    yield "Referrer-Policy", "same-origin"
    yield "Cross-Origin-Opener-Policy", "same-origin"
    # Others' programs may show what the API answers; all else is for our own pages.
    is_for_others = request.path.startswith("/v1/")
    yield "Cross-Origin-Resource-Policy", "cross-origin" if is_for_others else "same-origin"
    if settings.SECURE_HSTS_SECONDS and request.is_secure():
        seconds = settings.SECURE_HSTS_SECONDS
        yield "Strict-Transport-Security", f"max-age={seconds}; includeSubDomains; preload"


def _policy(request: HttpRequest, nonce: str) -> str:
    ours = f"'nonce-{nonce}'"
    if request.path.startswith("/admin/"):
        ours = f"{ours} {_static_files(request)}"
    return PAGE.format(scripts=ours, styles=ours)


def _static_files(request: HttpRequest) -> str:
    """Django's own templates know no nonce: on its pages what lies in the folder of files that
    come with Slipway may run too, and nothing else of this host (docs/adr/0019)."""
    try:
        host = f"{request.scheme}://{request.get_host()}"
    except DisallowedHost:
        return ""
    return f"{host}{settings.STATIC_URL} {host}/admin/jsi18n/"
