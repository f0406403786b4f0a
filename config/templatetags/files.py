"""The only way in which a page names a stylesheet or a script: with the nonce of this answer."""

from functools import lru_cache

from django import template
from django.conf import settings
from django.template.context import RequestContext
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag(takes_context=True)
def stylesheet(context: RequestContext, name: str) -> SafeString:
    return _closed(_link(_address(name)), context)


@register.simple_tag(takes_context=True)
def script(context: RequestContext, name: str) -> SafeString:
    """A module, or an ordinary script when its name says `.min.js`: those are others'."""
    return _closed(_script(_address(name)), context) + SafeString("</script>")


@lru_cache(maxsize=64)
def _link(address: str) -> SafeString:
    return format_html('<link rel="stylesheet" href="{}"', address)


@lru_cache(maxsize=64)
def _script(address: str) -> SafeString:
    kind = "defer" if ".min." in address else 'type="module"'
    return format_html(f'<script src="{{}}" {kind}', address)


def _closed(opening: SafeString, context: RequestContext) -> SafeString:
    """A part that is included with `only` has the request still, though not under its name."""
    nonce = context.request.csp_nonce  # type: ignore[attr-defined]
    return SafeString(f'{opening} nonce="{nonce}">')  # nosec B703


def _address(name: str) -> str:
    """Files never change while a process runs, except under work on them."""
    return static(name) if settings.DEBUG else _kept(name)


_kept = lru_cache(maxsize=64)(static)
