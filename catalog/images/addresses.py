"""Under which address of ours a picture from elsewhere is shown: signed, so we choose which."""

import html
import re
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

LINK = re.compile(r'<a class="image" href="([^"]*)" rel="[^"]*">([^<]*)</a>')
# Where a site shows a file on a page, and where the file itself lies.
FILES = {"github.com": ("/blob/", "/raw/"), "huggingface.co": ("/blob/", "/resolve/")}
LONGEST = 1500
SIGNER = Signer(salt="images")


def shown(clean_html: str) -> str:
    """Clean HTML with the pictures themselves in place of links to them, where we fetch from."""
    if not settings.IMAGE_HOSTS:
        return clean_html
    return LINK.sub(_picture, clean_html)


def of(url: str) -> str:
    """Our address of the picture that lies there; empty where we do not fetch it."""
    url = _file(url)
    if not url or len(url) > LONGEST:
        return ""
    said = {"of": url, "signature": SIGNER.signature(url)}
    return f"{reverse('image')}?{urlencode(said)}"


def is_signed(url: str, signature: str) -> bool:
    try:
        SIGNER.unsign(f"{url}:{signature}")
    except (BadSignature, UnicodeError):
        return False
    return True


def is_fetched_from(host: str) -> bool:
    names = settings.IMAGE_HOSTS
    return any(host == name or (name[0] == "." and host.endswith(name)) for name in names)


def _picture(link: re.Match[str]) -> str:
    href, alt = link[1], link[2]
    address = of(html.unescape(href))
    if not address:
        return link[0]
    text = html.escape(html.unescape(alt))
    image = f'<img src="{html.escape(address)}" alt="{text}" loading="lazy" decoding="async">'
    return f'<a class="picture" href="{href}" rel="nofollow ugc noopener">{image}</a>'


def _file(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not is_fetched_from(host):
        return ""
    page, file = FILES.get(host, ("", ""))
    path = parts.path.replace(page, file, 1) if page else parts.path
    return parts._replace(path=path, fragment="").geturl()
