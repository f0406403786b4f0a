"""The lines of a listing as HTML: a template takes longer to print them than the engine to find."""

from functools import lru_cache
from html import escape
from typing import NamedTuple

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _


class Copy(NamedTuple):
    """A converted or re-uploaded copy of a model."""

    owner: str
    name: str
    url: str
    kind: str
    used: str


class Copies(NamedTuple):
    """The copies of one model among the results."""

    title: str
    kinds: str
    shown: tuple[Copy, ...]
    all_url: str  # where the others are, if there are more


class Row(NamedTuple):
    """What is not known is an empty text."""

    id: int
    owner: str
    name: str
    url: str
    marks: tuple[tuple[str, str], ...]  # (CSS class of the label, text)
    summary: str
    note: str
    kinds: tuple[str, ...]
    license: str
    license_class: str
    permits: str
    inherited: str  # from whom it has its license
    parameters: str
    context: str
    memory: str
    arithmetic: str
    used: str
    used_as: str
    likes: str
    updated: str
    updated_on: str
    updated_at: str
    copies: Copies | None = None

    @property
    def html(self) -> SafeString:
        return mark_safe(_line(self, _said(get_language())))  # noqa: S308 - every part is escaped  # nosec B308 B703


class _Said(NamedTuple):
    parameters: str
    context: str
    memory: str
    used: str
    likes: str
    inherited: str
    show_all: str


@lru_cache
def _said(_language: str | None) -> _Said:
    """The words of all lines, escaped, in the language in force."""
    return _Said(
        parameters=escape(_("Parameters")),
        context=escape(_("Context")),
        memory=escape(_("Memory")),
        used=escape(_("Used")),
        likes=escape(_("Likes")),
        inherited=escape(_("inherited")),
        show_all=escape(_("Show all, one by one")),
    )


def _line(row: Row, said: _Said) -> str:
    name = f'<span class="owner">{escape(row.owner)}/</span>{escape(row.name)}'
    marks = "".join(
        f' <span class="label {css_class}">{escape(text)}</span>' for css_class, text in row.marks
    )
    return (
        '<li class="row"><div class="row-main">'
        f'<h3 class="row-name"><a href="{escape(row.url)}">{name}</a>{marks}</h3>'
        f"{_paragraph('row-summary', row.summary)}{_paragraph('row-note', row.note)}"
        f'<p class="row-kinds">{_kinds(row)}{_license(row, said)}{_updated(row)}</p></div>'
        f"{_figures(row, said)}{_copies(row.copies, said) if row.copies else ''}</li>"
    )


def _paragraph(css_class: str, text: str) -> str:
    return f'<p class="{css_class}">{escape(text)}</p>' if text else ""


def _kinds(row: Row) -> str:
    return "".join(f"<span>{escape(kind)}</span>" for kind in row.kinds)


def _license(row: Row, said: _Said) -> str:
    css_class = f"label license-{escape(row.license_class)}"
    name = f"<b>{escape(row.license)}</b> {escape(row.permits)}"
    if not row.inherited:
        return f'<span class="{css_class}">{name}</span>'
    whence = escape(row.inherited)
    return (
        f'<span class="{css_class}" title="{whence}">{name}, {said.inherited}'
        f'<span class="unseen"> ({whence})</span></span>'
    )


def _updated(row: Row) -> str:
    if not row.updated:
        return ""
    return (
        f'<time datetime="{row.updated_at}" title="{row.updated_on}">{escape(row.updated)}</time>'
    )


def _figures(row: Row, said: _Said) -> str:
    arithmetic = f' title="{escape(row.arithmetic)}"' if row.arithmetic else ""
    return (
        '<dl class="row-figures">'
        f"<div><dt>{said.parameters}</dt><dd>{row.parameters}</dd></div>"
        f"<div><dt>{said.context}</dt><dd>{row.context}</dd></div>"
        f"<div><dt>{said.memory}</dt><dd{arithmetic}>{row.memory}</dd></div>"
        f"<div><dt>{said.used}</dt><dd>{row.used}</dd>"
        f'<dd class="unit">{escape(row.used_as)}</dd></div>'
        f"<div><dt>{said.likes}</dt><dd>{row.likes}</dd></div></dl>"
    )


def _copies(copies: Copies, said: _Said) -> str:
    lines = "".join(
        f'<li><a href="{escape(copy.url)}"><span class="owner">{escape(copy.owner)}/</span>'
        f'{escape(copy.name)}</a> <span class="quiet">{escape(copy.used)}</span></li>'
        for copy in copies.shown
    )
    rest = (
        f'<li><a href="{escape(copies.all_url)}" rel="nofollow">{said.show_all}</a></li>'
        if copies.all_url
        else ""
    )
    return (
        f'<details class="copies"><summary><b>{escape(copies.title)}</b>'
        f'<span class="quiet">: {escape(copies.kinds)}</span></summary>'
        f"<ul>{lines}{rest}</ul></details>"
    )
