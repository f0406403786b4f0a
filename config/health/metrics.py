"""Figures for Prometheus in its text format, for this host or whoever has METRICS_TOKEN."""

import secrets
from collections.abc import Iterator
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from catalog.models import IndexCheck
from catalog.search import breaker, indexing

# What a proxy adds: then the address of the sender says nothing of who asks.
FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-forwarded-proto", "x-real-ip")
KIND = "text/plain; version=0.0.4; charset=utf-8"

Line = tuple[str, str, str, dict[str, str], float]  # name, type, help, labels, value


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    if not _may_look(request):
        sentence = "Ask from this host, or with METRICS_TOKEN as the bearer token.\n"
        return HttpResponse(sentence, status=403, content_type="text/plain")
    return HttpResponse("".join(_written(_search())), content_type=KIND)


def _may_look(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    if token:
        sent = request.headers.get("Authorization", "")
        return secrets.compare_digest(sent.encode(), f"Bearer {token}".encode())
    if any(name in request.headers for name in FORWARDED):
        return False
    # Over a unix socket there is no address, and whoever asks is on this host.
    address = request.META.get("REMOTE_ADDR") or "127.0.0.1"
    return ip_address(address).is_loopback


def _search() -> Iterator[Line]:
    known = indexing.status()
    engine = {"engine": str(known["engine"])}
    gauges = (
        ("available", "Whether the engine answers.", known["is_available"]),
        ("documents", "Models in the index.", known.get("documents")),
        ("stale_rows", "Models that it does not hold as they are.", known["stale"]),
        ("set_aside", "Models that it does not take.", known["set_aside"]),
        ("breaker_open", "Whether this process spares the engine.", breaker.cause() is not None),
    )
    for name, help, value in gauges:
        if isinstance(value, int):
            yield f"slipway_search_{name}", "gauge", help, engine, float(value)
    checked = known["check"]
    if isinstance(checked, IndexCheck):
        yield from _drift(checked, engine)


def _drift(checked: IndexCheck, engine: dict[str, str]) -> Iterator[Line]:
    help = "How index and database differed when they were last compared."
    for kind in ("missing", "outdated", "extra"):
        labels = {**engine, "kind": kind}
        yield "slipway_search_drift", "gauge", help, labels, float(getattr(checked, kind))
    help = "When they were last compared."
    at = checked.checked_at.timestamp()
    yield "slipway_search_compared_timestamp_seconds", "gauge", help, engine, at
    help = "All differences that were ever repaired."
    yield "slipway_search_repaired_total", "counter", help, engine, float(checked.repaired)


def _written(lines: Iterator[Line]) -> Iterator[str]:
    told = ""
    for name, kind, help, labels, value in lines:
        if name != told:
            yield f"# HELP {name} {help}\n# TYPE {name} {kind}\n"
            told = name
        named = ",".join(f'{key}="{text}"' for key, text in labels.items())
        yield f"{name}{{{named}}} {value:.16g}\n"
