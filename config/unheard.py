"""Whether a proxy stands in front whose word does not count: then all visitors are one address."""

from typing import Any

import structlog
from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register

log = structlog.get_logger(__name__)
ADVICE = (
    "Set TRUSTED_PROXIES to how many proxies stand in front (TRUSTED_PROXIES=1), or to their "
    "networks: docs/running.md, Proxy."
)
_first: dict[str, str] = {}


def note(sender: str) -> None:
    """Of a request that says whom it was sent on for, by somebody of one's own network. Told once
    in a process, however many come."""
    if not _first and _first.setdefault("sender", sender) is sender:
        log.warning("a proxy is not believed: all visitors count as one address", advice=ADVICE)


def told() -> str:
    """For administrators; empty when nothing was noticed."""
    if not _first:
        return ""
    sender = _first["sender"] or "a socket of this host"
    return f"{sender} sends requests on, and all who come by it count as one address. {ADVICE}"


def forget() -> None:
    _first.clear()


@register(Tags.security, deploy=True)
def check(app_configs: Any, **_options: Any) -> list[CheckMessage]:
    """With an https PUBLIC_URL a proxy must be there, as TLS ends at it."""
    is_told = settings.TRUSTED_PROXIES or settings.TRUSTED_PROXY_HOPS
    if is_told or not settings.IS_SERVED_BY_TLS:
        return []
    text = "PUBLIC_URL is https, so a proxy stands in front, and TRUSTED_PROXIES is not set."
    return [Warning(text, hint=ADVICE, id="slipway.W001")]
