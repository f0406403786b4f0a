"""What crawlers and other programs look for first: sitemap.xml, robots.txt, llms.txt."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils.cache import patch_cache_control
from django.utils.translation import override
from django.views.decorators.http import condition, conditional_page, require_safe

from catalog import sitemaps
from catalog.pages import counts, figures

KEPT_SECONDS = 3600


def _etag(request: HttpRequest, kind: str, number: int) -> str | None:
    stamp = sitemaps.stamp(kind, number)
    return f'"{stamp}"' if stamp else None


@conditional_page
@require_safe
def sitemap(request: HttpRequest) -> HttpResponseBase:
    return _answer(sitemaps.index(), "application/xml")


@require_safe
@condition(etag_func=_etag)
def sitemap_part(request: HttpRequest, kind: str, number: int) -> HttpResponseBase:
    xml = sitemaps.written(kind, number) if kind in sitemaps.KINDS else ""
    if not xml:
        raise Http404
    return _answer(xml, "application/xml")


@conditional_page
@require_safe
def robots_txt(request: HttpRequest) -> HttpResponseBase:
    return _text("robots.txt", {})


@conditional_page
@require_safe
def llms_txt(request: HttpRequest) -> HttpResponseBase:
    with override("en"):
        return _text("llms.txt", {"models": figures.whole(counts.models())})


def _text(template: str, context: dict[str, str]) -> HttpResponse:
    """Templates of plain text, in which nothing is written as HTML."""
    text = render_to_string(template, {"home": settings.PUBLIC_URL, **context})
    return _answer(text, "text/plain")


def _answer(text: str, media_type: str) -> HttpResponse:
    response = HttpResponse(text, content_type=f"{media_type}; charset=utf-8")
    patch_cache_control(response, public=True, max_age=KEPT_SECONDS)
    return response
