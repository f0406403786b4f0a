"""A model's page and its tabs."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import override
from django.views.decorators.http import conditional_page, require_safe
from django.views.decorators.vary import vary_on_headers

from catalog import cards, markdown, provenance, schemas
from catalog.kept import keeping
from catalog.models import AIModel, FormerName, Source, Version
from catalog.models.likes import own_likes
from catalog.pages import calls, facts, heading, kin, memory, runs
from catalog.pages.missing import NoSuchModel

MOST_VERSIONS = 100
MOST_EXAMPLES = 20

Page = Callable[[HttpRequest, AIModel], HttpResponse]


def page_of_a_model(page: Page) -> Callable[..., HttpResponse]:
    """Find the model by any case of its name, or by a former one, and go to the canonical one."""

    @require_safe
    @wraps(page)
    def respond(request: HttpRequest, owner: str, name: str, route: str = "") -> HttpResponse:
        ai_model = find(owner, name)
        if (ai_model.publisher.slug, ai_model.name) != (owner, name):
            return to_canonical(request, ai_model, route)
        return page(request, ai_model)

    return respond


@vary_on_headers("Accept")
@page_of_a_model
def model(request: HttpRequest, ai_model: AIModel) -> HttpResponse:
    """The page for people, or in the form that a program's Accept asks for."""
    wanted = request.get_preferred_type(["text/html", "text/markdown", "application/json"])
    if wanted == "text/markdown":
        return _markdown(ai_model)
    if wanted == "application/json":
        return redirect("v1:model", ai_model.publisher.slug, ai_model.name)
    return _page(request, ai_model)


@conditional_page
def model_markdown(request: HttpRequest, owner: str, name: str) -> HttpResponse:
    """`.md` behind a name is its Markdown, unless a model's own name ends so."""
    full_name = f"{name}.md"
    if AIModel.objects.filter(status__in=AIModel.SHOWN).named(owner, full_name).exists():
        return model(request, owner, full_name, route="model")
    return _markdown_page(request, owner, name)


@page_of_a_model
def _markdown_page(request: HttpRequest, ai_model: AIModel) -> HttpResponse:
    return _markdown(ai_model)


def _markdown(ai_model: AIModel) -> HttpResponse:
    with override("en"):
        text = markdown.model(ai_model, provenance.of(ai_model))
    return HttpResponse(text, content_type="text/markdown; charset=utf-8")


def _page(request: HttpRequest, ai_model: AIModel) -> HttpResponse:
    card = getattr(ai_model, "card", None)
    newest = None if card else ai_model.versions.first()
    origins = provenance.of(ai_model)
    context = {
        "frame": heading.of(ai_model, "model"),
        "keeping": keeping.of_model(request.user, ai_model),
        "facts": facts.of(ai_model, origins),
        "memory": memory.table(vars(ai_model)),
        "sources": facts.sources(ai_model, origins),
        "card": card,
        "card_html": cards.render(card.text, _place_of_card(ai_model)) if card else "",
        "signature": schemas.signature(newest.openapi_schema) if newest else None,
        "offers": calls.offers(ai_model),
        "runs": runs.of(ai_model),
        "linked_data": heading.linked_data(ai_model),
    }
    return render(request, "catalog/model.html", context)


@page_of_a_model
def versions(request: HttpRequest, ai_model: AIModel) -> HttpResponse:
    chosen = _chosen_version(ai_model, request.GET.get("version", ""))
    context = {
        "frame": heading.of(ai_model, "model_versions"),
        "versions": ai_model.versions.defer("openapi_schema")[:MOST_VERSIONS],
        "chosen": chosen,
        "signature": schemas.signature(chosen.openapi_schema) if chosen else None,
    }
    return render(request, "catalog/model_versions.html", context)


@page_of_a_model
def examples(request: HttpRequest, ai_model: AIModel) -> HttpResponse:
    context = {
        "frame": heading.of(ai_model, "model_examples"),
        "examples": [calls.example(one) for one in ai_model.examples.all()[:MOST_EXAMPLES]],
    }
    return render(request, "catalog/model_examples.html", context)


@page_of_a_model
def family(request: HttpRequest, ai_model: AIModel) -> HttpResponse:
    context = {"frame": heading.of(ai_model, "model_family"), "family": kin.of(ai_model)}
    return render(request, "catalog/model_family.html", context)


@page_of_a_model
def stats(request: HttpRequest, ai_model: AIModel) -> HttpResponse:
    context = {"frame": heading.of(ai_model, "model_stats"), "runs": runs.of(ai_model)}
    return render(request, "catalog/model_stats.html", context)


def _place_of_card(ai_model: AIModel) -> str:
    """Where relative links in the card lead to."""
    if ai_model.source == Source.HUGGINGFACE and ai_model.source_url:
        return f"{ai_model.source_url}/blob/main/"
    return ""


def find(owner: str, name: str) -> AIModel:
    """By any case of its name, or by a former one. Raises NoSuchModel."""
    shown = AIModel.objects.filter(status__in=AIModel.SHOWN)
    counted = shown.annotate(own_likes=own_likes())  # type: ignore[no-redef]
    visible = counted.with_card_data()
    related = visible.select_related(
        "publisher",
        "task",
        "library",
        "license",
        "card",
        "base_model__publisher",
        "replacement__publisher",
        "license_from__publisher",
        "license_from__license",
    )
    ai_model = related.named(owner, name).first()
    if ai_model:
        return ai_model
    former = FormerName.objects.filter(key=f"{owner}/{name}".lower()).first()
    renamed = related.filter(pk=former.ai_model_id).first() if former else None
    if renamed is None:
        raise NoSuchModel(owner, name)
    return renamed


def to_canonical(request: HttpRequest, ai_model: AIModel, route: str) -> HttpResponse:
    assert request.resolver_match is not None  # noqa: S101
    route = route or request.resolver_match.view_name
    path = reverse(route, args=[ai_model.publisher.slug, ai_model.name])
    query = request.META["QUERY_STRING"]
    return redirect(f"{path}?{query}" if query else path, permanent=True)


def _chosen_version(ai_model: AIModel, version_id: str) -> Version | None:
    if version_id:
        return get_object_or_404(ai_model.versions, version_id=version_id)
    return ai_model.versions.first()
