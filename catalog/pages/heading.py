"""The head of a model's page, the same on each of its tabs, and what it tells other programs."""

import json
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from catalog.models import AIModel

from . import figures, words
from .address import searching

TABS = ("model", "model_versions", "model_examples", "model_family", "model_stats")
# As django.utils.html.json_script does it: the text can never end the script element.
ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}
LONGEST_DESCRIPTION = 200
MOST_TAGS = 40
MOST_ALIASES = 12


@dataclass(frozen=True, slots=True)
class MoreTab:
    """A tab of another app, for models that have versions; what is on it is that app's."""

    route: str  # takes owner and name of the model
    title: Promise | str


# Behind the first tab; an app hands its own in when it is loaded.
MORE_TABS: list[MoreTab] = []


@dataclass(frozen=True, slots=True)
class Tab:
    title: str
    url: str
    count: str
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    ai_model: AIModel
    owner: str
    name: str
    description: str
    tabs: list[Tab]
    run_url: str  # where a model that runs here is run
    task: str
    task_url: str
    license: str
    license_class: str
    license_from: AIModel | None  # whose license it inherits
    links: list[tuple[str, str]]
    tags: list[tuple[str, str]]
    aliases: list[str]
    source: str
    seen_on: str
    license_class_label: str
    license_class_meaning: str
    is_removed: bool
    is_deprecated: bool
    deprecated_on: str
    retired_on: str
    replacement: AIModel | None


def of(ai_model: AIModel, open_tab: str) -> Heading:
    return Heading(
        ai_model=ai_model,
        owner=ai_model.publisher.slug,
        name=ai_model.name,
        description=description(ai_model),
        tabs=_tabs(ai_model, open_tab),
        run_url=_run_url(ai_model),
        task=words.label("task", ai_model.task_id) if ai_model.task_id else "",
        task_url=reverse("task", args=[ai_model.task_id]) if ai_model.task_id else "",
        license=_license(ai_model),
        license_class=ai_model.permits,
        license_from=ai_model.license_from,
        links=_links(ai_model),
        tags=[(str(tag), searching(tag=str(tag))) for tag in ai_model.tags[:MOST_TAGS]],
        aliases=[str(alias) for alias in ai_model.aliases[:MOST_ALIASES]],
        source=words.label("source", ai_model.source),
        seen_on=figures.day(ai_model.last_seen_at),
        license_class_label=words.label("license_class", ai_model.permits),
        license_class_meaning=str(words.LICENSE_CLASS_MEANINGS[ai_model.permits]),
        is_removed=ai_model.status == AIModel.Status.REMOVED,
        is_deprecated=ai_model.status == AIModel.Status.DEPRECATED,
        deprecated_on=figures.date(ai_model.deprecated_at),
        retired_on=figures.date(ai_model.retired_at),
        replacement=_listed(ai_model.replacement),
    )


def _license(ai_model: AIModel) -> str:
    """What it is called, its own or the one that it inherits."""
    holder = ai_model.license_from or ai_model
    return holder.license_id or holder.license_text


def description(ai_model: AIModel) -> str:
    """One line about the model, made of its facts when nobody wrote one."""
    if ai_model.summary:
        return ai_model.summary[:LONGEST_DESCRIPTION]
    parts = [
        words.label("task", ai_model.task_id) if ai_model.task_id else "",
        _("%(size)s parameters") % {"size": figures.parameters(ai_model.parameters)}
        if ai_model.parameters
        else "",
        ai_model.license_id or ai_model.license_text,
    ]
    return " · ".join(part for part in parts if part)


def linked_data(ai_model: AIModel) -> SafeString:
    """schema.org's words for search engines, as the content of a JSON-LD script element."""
    url = settings.PUBLIC_URL + ai_model.get_absolute_url()
    described = {
        "@context": "https://schema.org",
        "@type": "SoftwareApplication",
        "name": ai_model.full_name,
        "applicationCategory": "AI model",
        "url": url,
        "description": description(ai_model),
        "author": {"@type": "Organization", "name": ai_model.publisher.title},
        "license": ai_model.license_url or (ai_model.license.url if ai_model.license else ""),
        "datePublished": ai_model.published_at.date().isoformat() if ai_model.published_at else "",
        "sameAs": ai_model.source_url,
    }
    written = json.dumps({key: value for key, value in described.items() if value})
    return mark_safe(written.translate(ESCAPES))  # noqa: S308  # nosec B308 B703


def _listed(ai_model: AIModel | None) -> AIModel | None:
    return ai_model if ai_model and ai_model.is_listed else None


def _links(ai_model: AIModel) -> list[tuple[str, str]]:
    """Only addresses of the web: what a source says may be anything."""
    named = [
        (words.label("source", ai_model.source), ai_model.source_url),
        (_("Paper"), ai_model.paper_url),
        *((f"arXiv:{paper}", f"https://arxiv.org/abs/{paper}") for paper in ai_model.papers[:6]),
        (_("Code"), ai_model.code_url),
        (_("Weights"), ai_model.weights_url),
        (_("License text"), ai_model.license_url),
        (_("Cover picture"), ai_model.cover_url),
    ]
    return [(label, url) for label, url in named if url.startswith(("https://", "http://"))]


def _tabs(ai_model: AIModel, open_tab: str) -> list[Tab]:
    counts = {
        "model_versions": ai_model.versions.count(),
        "model_examples": ai_model.examples.count(),
        "model_family": ai_model.variants.listed().count(),
    }
    titles = {
        "model": _("Overview"),
        "model_versions": _("Versions"),
        "model_examples": _("Examples"),
        "model_family": _("Family"),
        "model_stats": _("Runs by day"),
    }
    tabs = [
        Tab(
            title=titles[name],
            url=reverse(name, args=[ai_model.publisher.slug, ai_model.name]),
            count=figures.whole(counts[name]) if counts.get(name) else "",
            is_open=name == open_tab,
        )
        for name in TABS
    ]
    more = _more_tabs(ai_model, open_tab) if counts["model_versions"] else []
    return [*tabs[:1], *more, *tabs[1:]]


def _more_tabs(ai_model: AIModel, open_tab: str) -> list[Tab]:
    names = [ai_model.publisher.slug, ai_model.name]
    return [
        Tab(str(more.title), reverse(more.route, args=names), "", more.route == open_tab)
        for more in MORE_TABS
    ]


def _run_url(ai_model: AIModel) -> str:
    """Of the first tab of another app: running it is what is handed in first."""
    if not (ai_model.is_runnable and MORE_TABS):
        return ""
    return reverse(MORE_TABS[0].route, args=[ai_model.publisher.slug, ai_model.name])
