"""Cards: the text a publisher wrote, as HTML that can do nothing.

Whatever the Markdown or the raw HTML in it says, the output passes one allow-list at the end:
no scripts, styles, forms, frames, `hx-*` or `data-*`; ids are prefixed, so that none of ours can
be taken; links lend no weight; images become links, because a page here loads nothing from
elsewhere, and links to images that we fetch become images of ours at last (images/addresses.py).
"""

import html
import re
from functools import lru_cache, partial
from urllib.parse import urljoin, urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from catalog.images import addresses as images

TAGS = {
    *("a", "abbr", "b", "blockquote", "br", "caption", "center", "code", "dd", "del", "details"),
    *("div", "dl", "dt", "em", "h2", "h3", "h4", "h5", "h6", "hr", "i", "kbd", "li", "mark"),
    *("ol", "p", "pre", "q", "s", "samp", "small", "span", "strong", "sub", "summary", "sup"),
    *("table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul", "var"),
}
ATTRIBUTES = {
    "a": {"href", "title"},
    "h2": {"id"},
    "h3": {"id"},
    "h4": {"id"},
    "h5": {"id"},
    "h6": {"id"},
    "ol": {"start"},
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "align", "scope"},
    "details": {"open"},
}
DROPPED_WITH_CONTENT = {
    *("script", "style", "template", "iframe", "object", "noscript", "title", "svg", "math"),
    *("select", "textarea", "head"),
}
ID_PREFIX = "user-content-"
RAW_IMAGE = re.compile(r"<img\b([^<>]{0,4000})>", re.IGNORECASE)
RAW_ATTRIBUTE = r"""(?:^|\s){}\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))"""
RAW_SOURCE = re.compile(RAW_ATTRIBUTE.format("src"), re.IGNORECASE)
RAW_ALT = re.compile(RAW_ATTRIBUTE.format("alt"), re.IGNORECASE)
RAW_FIRST_HEADING = re.compile(r"(</?)h1\b", re.IGNORECASE)
BETWEEN_WORDS = re.compile(r"[^\w]+")
# The longest card seen has 600,000 characters; what is longer is cut.
LONGEST = 600_000
DEEPEST = 20


def render(text: str, base_url: str = "") -> str:
    """Clean HTML of a card; headings start at h2, because the page's own h1 is the model's name.

    Relative links lead to `base_url`, the card's place at its source, or nowhere without one.
    """
    return images.shown(_rendered(text, base_url))


@lru_cache(maxsize=128)
def _rendered(text: str, base_url: str) -> str:
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": DEEPEST})
    parser.enable(["table", "strikethrough"])
    tokens = parser.parse(text[:LONGEST].replace("\0", ""))
    _prepare(tokens)
    return _clean(parser.renderer.render(tokens, parser.options, {}), base_url)


def _clean(dirty: str, base_url: str) -> str:
    return nh3.clean(
        dirty,
        tags=TAGS,
        clean_content_tags=DROPPED_WITH_CONTENT,
        attributes=ATTRIBUTES,
        # What may scroll sideways must be reachable by the keyboard.
        set_tag_attribute_values={"pre": {"tabindex": "0"}, "table": {"tabindex": "0"}},
        allowed_classes={"a": {"image"}},
        url_schemes={"http", "https", "mailto"},
        url_relative=partial(_resolved, base_url=base_url),
        link_rel="nofollow ugc noopener",
        id_prefix=ID_PREFIX,
        strip_comments=True,
    )


def _resolved(url: str, *, base_url: str) -> str | None:
    if url.startswith("#"):
        return f"#{ID_PREFIX}{url[1:]}"
    return urljoin(base_url, url) if base_url and not url.startswith("//") else None


def _prepare(tokens: list[Token]) -> None:
    for position, token in enumerate(tokens):
        if token.type in ("heading_open", "heading_close"):
            _lower(token)
        if token.type == "heading_open":
            token.attrSet("id", _anchor(tokens[position + 1]))
        if token.type == "html_block":
            token.content = _without_raw_images(token.content)
        if token.children:
            token.children = _without_images(token.children)


def _lower(token: Token) -> None:
    token.tag = f"h{min(int(token.tag[1:]) + 1, 6)}"


def _anchor(heading: Token) -> str:
    """As GitHub and the Hub make it, so that a card's own links to its headings work."""
    words = (
        child.content for child in heading.children or [] if child.type in ("text", "code_inline")
    )
    text = "".join(words)
    return BETWEEN_WORDS.sub("-", text.lower()).strip("-")[:80]


def _without_images(tokens: list[Token]) -> list[Token]:
    """The same inline tokens with each image as a link to it, or as its text inside a link."""
    kept: list[Token] = []
    links = 0
    for token in tokens:
        links += token.nesting if token.type.startswith("link_") else 0
        if token.type == "html_inline":
            token.content = _without_raw_images(token.content, is_in_link=links > 0)
        kept.append(_image_as_link(token, is_in_link=links > 0) if token.type == "image" else token)
    return kept


def _image_as_link(image: Token, *, is_in_link: bool) -> Token:
    link = Token("html_inline", "", 0)
    link.content = _link_to_image(
        str(image.attrGet("src") or ""), image.content, is_in_link=is_in_link
    )
    return link


def _without_raw_images(raw: str, *, is_in_link: bool = False) -> str:
    def link(match: re.Match[str]) -> str:
        return _link_to_image(
            _found(RAW_SOURCE, match[1]), _found(RAW_ALT, match[1]), is_in_link=is_in_link
        )

    return RAW_FIRST_HEADING.sub(r"\1h2", RAW_IMAGE.sub(link, raw))


def _found(pattern: re.Pattern[str], attributes: str) -> str:
    match = pattern.search(attributes)
    return html.unescape(next((group for group in match.groups() if group), "")) if match else ""


def _link_to_image(source: str, alt: str, *, is_in_link: bool) -> str:
    text = html.escape(alt.strip() or _file_name(source) or "image")
    if is_in_link or not source or source.startswith("data:"):
        return text
    return f'<a class="image" href="{html.escape(source)}">{text}</a>'


def _file_name(source: str) -> str:
    try:
        return urlsplit(source).path.rsplit("/", 1)[-1][:80]
    except ValueError:
        return ""
